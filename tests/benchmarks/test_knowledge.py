import pytest

from benchmarks.knowledge import in_all_languages, says_that_there_is_none, verdict
from domain.catalog import Vocabulary

NAMES = ("Amélie", "Die fabelhafte Welt der Amélie")


def judged(attribute, answers, said):
    vocabulary = Vocabulary(translations={"de": {"France": "Frankreich"}, "zh-CN": {"France": "法国"}})
    row = {"attribute": attribute, "text": "Amélie?", "title": "Amélie", "year": 2001}
    return verdict({**row, "answers": in_all_languages(answers, vocabulary)}, said, NAMES, {})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Herkunft von „Die fabelhafte Welt der Amélie“ (2001): Frankreich.", "right"),
        ("Amélie was made in France.", "right"),
        ("Amélie was made in Spain.", "wrong"),
        ("Frankreich.", "unknown"),
    ],
)
def test_an_answer_may_be_in_any_language_and_has_to_name_the_film(said, expected):
    assert judged("country", ["France"], said) == expected


@pytest.mark.parametrize(
    ("answer", "said", "expected"),
    [
        ("yes", "Yes, it is one itself: before Amélie there is Delicatessen.", "right"),
        ("no", "No, Amélie stands alone.", "right"),
        ("no", "Yes: before Amélie there is Delicatessen.", "wrong"),
        ("yes", "Nothing here says that Amélie belongs to a series.", "unknown"),
        ("yes", "Ja: Vor Amélie kommt Delicatessen.", "right"),
        ("no", "不是，也没有：Amélie自成一体。", "right"),
    ],
)
def test_whether_it_is_a_sequel_is_told_by_yes_or_no(answer, said, expected):
    assert judged("series", [answer], said) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("I find nothing by or with Plato here. Drama it is. Troy (2004): A prince runs.", True),
        ("„Schneemann“ habe ich hier nicht. Fargo (1996): Ein Mann.", True),
        ("Plumber: here is where I'd look. The Flamingo Kid (1984): A plumber's son.", False),
    ],
)
def test_that_something_is_not_there_is_told_beside_the_nearest(reply, expected):
    assert says_that_there_is_none(reply) is expected
