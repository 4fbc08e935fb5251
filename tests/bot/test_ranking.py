"""What goes on from one message to the next in what items are worth."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.models import Models
from bot.ranking import alike
from bot.understood import Named, Understood
from domain.catalog import Catalog, Item, Vocabulary
from domain.frame import Act, Frame, Role
from domain.preference import Constraint

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
