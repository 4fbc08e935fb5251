import numpy as np
import pytest
from scipy import sparse

from domain.catalog import Catalog, Item
from training.likeness import Centred, Meaning, Numbers, Values, aspects

EVERYBODY = np.arange(4)


def test_an_anchor_is_like_itself_by_one_and_unlike_what_differs():
    alike = Centred(Values(sparse.csr_matrix(np.repeat(np.eye(2), 2, axis=0))), EVERYBODY)(EVERYBODY)
    assert np.diag(alike).mean() == pytest.approx(1)
    assert alike[0, 1] == pytest.approx(1)
    assert alike[0, 2] == pytest.approx(-1)
    assert alike.sum(1) == pytest.approx(0, abs=1e-5)


def test_what_is_not_said_makes_neither_like_nor_unlike():
    numbers = Numbers(np.array([1990, 2020, 2021, np.nan], dtype=np.float32), 4.0)
    alike = Centred(numbers, EVERYBODY)(EVERYBODY)
    assert not alike[3].any()
    assert not alike[:, 3].any()
    assert alike[1, 2] > 0 > alike[1, 0]


def test_a_value_that_no_anchor_has_says_nothing():
    table = sparse.csr_matrix(np.eye(4))
    assert Values(table).said(np.array([0, 1])).tolist() == [True, True, False, False]


@pytest.mark.parametrize("aspect", [Values(sparse.csr_matrix(np.ones((4, 1)))), Meaning(np.zeros((4, 3), np.float32))])
def test_what_all_have_in_common_says_nothing(aspect):
    assert not Centred(aspect, EVERYBODY).said.any()


def test_aspects_are_attributes_words_numbers_and_meaning():
    items = [Item(f"i{at}", "Same", year=1990 + at, attributes={"mood": ("sad",), "age": float(at)}) for at in range(4)]
    kinds = [type(aspect) for aspect in aspects(Catalog(items), np.eye(4))]
    assert kinds == [Values, Values, Values, Numbers, Numbers, Meaning]
    assert [type(aspect) for aspect in aspects(Catalog(items))] == kinds[:-1]
