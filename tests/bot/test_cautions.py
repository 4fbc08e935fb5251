"""Questions for what some people cannot bear to see."""

import pytest

from bot.cautions import cautions, with_cautions
from bot.understood import Asked, Understood
from domain.frame import Topic


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("how bleak? does anyone get raped in it", "en", ("raped",)),
        ("any rape scenes or a rape scene?", "en", ("rape scene",)),
        ("does the dog die?", "en", ("dog die",)),
        ("stirbt der Hund in Marley & Ich?", "de", ("stirbt der hund",)),
        ("里面有自杀吗", "zh", ("自杀",)),
        ("she can't do sexual violence", "en", ("sexual violence",)),
        ("¿hay violencia sexual?", "es", ("violencia sexual",)),
        ("does the mum die at the start", "en", ("mum die",)),
        ("is Die Hard scary", "en", ()),
        ("is it a drape of grapes, with dogs and a dying man?", "en", ()),
    ],
)
def test_words_for_what_cannot_be_borne_are_found(text, language, expected):
    assert cautions(text, language) == expected


def test_a_dog_in_a_film_does_not_answer_whether_it_dies():
    dog, long = (
        Asked(Topic.SADNESS, ("1",), value=("theme", "dogs"), words="dog"),
        Asked(Topic.LENGTH, words="how long"),
    )
    asked = with_cautions(Understood(asked=(dog, long)), ("dog die",)).asked
    assert asked == (Asked(Topic.PROPERTY, ("1",), words="dog"), long)
