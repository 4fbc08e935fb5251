"""What goes on from one message to the next in what items are worth."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.models import Models
from bot.ranking import ALIKE_BY, KNOWN_BY, alike, scores_of
from bot.understood import Named, Understood
from domain.catalog import Catalog, Item, Vocabulary
from domain.frame import Act, Frame, Role
from domain.preference import Constraint, Opinion, Preference

CATALOG = Catalog([Item("a", "A"), Item("b", "B")], Vocabulary(ask=("genres",), telling=("theme",)))
MODELS = cast(Models, SimpleNamespace(catalog=CATALOG))


def said(*acts: Act, **parts: Any) -> Understood:
    return Understood(Frame(frozenset(acts)), **parts)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (said(Act.REQUEST, wishes=(Constraint("year", ">2000"),)), ("a",)),
        (said(Act.INFORM, named=(Named("b", 0, 1, Role.SEEN),)), ("a",)),
        (said(Act.CRITIQUE, wishes=(Constraint("genres", "Comedy"),)), ("a",)),
        (said(Act.REQUEST, wishes=(Constraint("genres", "Comedy", include=False),)), ("a",)),
        (said(Act.REQUEST, wishes=(Constraint("genres", "Comedy"),)), ()),
        (said(Act.REQUEST, wishes=(Constraint("theme", "heist"),)), ()),
        (said(Act.REQUEST, sought=("a man on a bridge",)), ()),
        (said(Act.INFORM, named=(Named("b", 0, 1, Role.LIKED),)), ()),
        (said(Act.REQUEST, named=(Named("b", 0, 1, Role.LIKE_THIS),)), ("b",)),
    ],
)
def test_what_only_narrows_it_down_goes_on_with_the_like_of_what_was_asked_for(
    message: Understood, expected: tuple[str, ...]
) -> None:
    assert alike(MODELS, message, ("a",)) == expected


def test_the_less_is_known_of_somebody_the_more_it_counts_how_items_stand() -> None:
    catalog = Catalog(
        [Item(name, name.upper(), standing=standing) for name, standing in zip("abcd", (0, 2, 0, -2), strict=True)]
    )
    models = _models(catalog, scores=[3, 0, 0, 0])
    assert _best(models, ()) == 1  # what stands best
    assert _best(models, ("b", "c", "d")) == 0  # what the recommender thinks


def test_standing_counts_for_more_where_the_like_of_something_is_asked_for() -> None:
    catalog = Catalog([Item("a", "A"), Item("b", "B", standing=1.0), Item("c", "C")])
    models, liked = _models(catalog, scores=[1, 0, 0]), Preference({"c": Opinion("c", "like", "message")})
    assert scores_of(models, liked, known_by=KNOWN_BY).argmax() == 0
    assert scores_of(models, liked, known_by=ALIKE_BY).argmax() == 1


def test_where_no_source_tells_how_items_stand_the_recommender_decides() -> None:
    models = _models(Catalog([Item("a", "A"), Item("b", "B")]), scores=[1, 2])
    assert scores_of(models, Preference()).tolist() == [1, 2]


def _models(catalog: Catalog, scores: list[float]) -> Models:
    recommender = SimpleNamespace(scores=lambda histories, z: np.array([scores], dtype=np.float32))
    standing = np.array([item.standing for item in catalog], dtype=np.float32)
    return cast(Models, SimpleNamespace(catalog=catalog, recommender=recommender, standing=standing))


def _best(models: Models, liked: tuple[str, ...]) -> int:
    scores: NDArray[np.float32] = scores_of(models, Preference({one: Opinion(one, "like", "message") for one in liked}))
    return int(scores.argmax())
