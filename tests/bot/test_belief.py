"""What a message changes of what is believed of a person."""

from bot.belief import believe
from bot.understanding import Understanding
from domain.catalog import Catalog, Vocabulary
from domain.preference import Constraint, Preference


def test_an_age_once_told_holds_for_every_request_after_it():
    child = Constraint("age", "<=6")
    preference = Preference(constraints=(child, Constraint("genres", "Comedy")))
    said = Understanding("recommend", constraints=(Constraint("genres", "Drama"),))
    after = believe(preference, said, 0, Catalog([], Vocabulary()))
    assert set(after.constraints) == {child, Constraint("genres", "Drama")}
