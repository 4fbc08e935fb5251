import numpy as np
import pytest
import torch
from scipy import sparse

from domain.catalog import Catalog, Item
from training.linear import ClosedForm, CoOccurrence, LinearSettings, beside, sizes, sparse_path
from training.newcomers import place, placements
from training.vae import Generator, GeneratorConfig

GENRES = ("Crime", "Horror")
ITEMS = 12
NEW = 11
"""Odd, so it is a horror film; nobody has it."""


def catalog():
    return Catalog([Item(f"i{at}", f"Name{at}", attributes={"genres": (GENRES[at % 2],)}) for at in range(ITEMS)])


def people(count=40):
    """Each likes half of one genre; item 11 is in no history."""
    rng, dense = np.random.default_rng(0), np.zeros((count, ITEMS), dtype=np.float32)
    for person, row in enumerate(dense):
        row[rng.permutation(np.arange(person % 2, ITEMS - 1, 2))[:4]] = 1
    return sparse.csr_matrix(dense)


def test_who_stands_for_a_newcomer_is_described_alike_and_known():
    likes = np.asarray(people().sum(0)).ravel()
    places = placements(catalog(), likes)
    assert np.flatnonzero(np.diff(places.indptr)).tolist() == [NEW]
    assert set(places[NEW].indices.tolist()) == {1, 3, 5, 7, 9}
    assert places[NEW].sum() == pytest.approx(1.0, abs=1e-6)


def test_what_is_like_nothing_known_is_not_placed():
    items = [Item("a", "Alpha"), Item("b", "Beta", attributes={"genres": ("Crime",)})]
    assert placements(Catalog(items), np.array([3.0, 0.0])).nnz == 0


def generator(kind, matrix):
    torch.manual_seed(0)
    path = kind(matrix, 0.25, 0.25).solve(LinearSettings())
    path = beside(path, sparse_path(matrix), 1.0) if kind is ClosedForm else path
    made = Generator(GeneratorConfig(items=ITEMS, noise=6, hidden=8, **sizes(path)))
    made.linear = path
    made.know_popularity(matrix)
    return made.eval()


@pytest.mark.parametrize(("kind", "count"), [(ClosedForm, 40), (ClosedForm, 5), (CoOccurrence, 40)])
def test_a_newcomer_comes_up_for_those_who_like_its_kind(kind, count):
    matrix = people(count)
    model = generator(kind, matrix)
    histories = torch.tensor([[1, 3], [0, 2]]), torch.ones(2, 2)
    before = model.linear(*histories)[:, NEW]
    assert torch.allclose(before, torch.zeros(2), atol=1e-5)
    place(model, placements(catalog(), np.asarray(matrix.sum(0)).ravel()))
    of_its_kind, of_the_other = model.linear(*histories)[:, NEW]
    assert of_its_kind > of_the_other + 1e-3
    after = model.linear(torch.tensor([[NEW]]), torch.ones(1, 1))[0]
    assert after[[1, 3, 5, 7, 9]].mean() > after[[0, 2, 4, 6, 8]].mean()
    assert after[NEW].abs() < 1e-5


def test_the_latent_path_and_popularity_are_those_of_the_others_of_its_kind():
    matrix = people()
    model = generator(ClosedForm, matrix)
    places = placements(catalog(), np.asarray(matrix.sum(0)).ravel())
    place(model, places)
    mean = torch.from_numpy(places[NEW].toarray()[0])
    for table in (model.embedding, model.output.weight, model.popularity.unsqueeze(1)):
        assert torch.allclose(table[NEW], mean @ table, atol=1e-5)
