from types import MappingProxyType

import numpy as np
import pytest

from bot.reasons import reason_of, shared
from domain.catalog import Catalog, Item, Vocabulary


@pytest.mark.parametrize(
    ("gains", "kin", "reason"),
    [
        ([3.0, 2.0, 0.5], [False, True, True], 1),
        ([3.0, 1.0, 0.5], [False, True, True], 0),
        ([3.0, 2.0], [False, False], 0),
        ([-1.0, 0.0], [True, True], None),
        ([], [], None),
    ],
)
def test_a_reason_of_the_same_kind_goes_before_a_slightly_better_one(gains, kin, reason):
    assert reason_of(np.array(gains, dtype=np.float32), np.array(kin, dtype=bool)) == reason


def test_what_is_shared_is_told_of_telling_attributes_only_the_rarest_first():
    def film(n, **values):
        return Item(str(n), f"Film {n}", attributes=MappingProxyType({"genres": ("Drama",), **values}))

    items = [
        film(1, director=("Ann",), theme=("heist", "grief"), basis=("a novel",)),
        film(2, director=("Ann",), theme=("heist", "grief"), basis=("a novel",)),
        film(3, theme=("heist",)),
        *(film(n) for n in range(4, 200)),
    ]
    catalog = Catalog(items, Vocabulary(ask=("genres",), telling=("director", "theme")))
    told = shared(items[0], items[1], catalog)
    assert set(told) == {("director", "Ann"), ("theme", "grief")}
    assert shared(items[0], items[2], catalog) == (("theme", "heist"),)
    anything = Catalog(
        [film(1, basis=("a novel",)), film(2, basis=("a novel",)), *items[3:]], Vocabulary(ask=("genres",))
    )
    assert shared(anything[0], anything[1], anything) == (("basis", "a novel"),)
