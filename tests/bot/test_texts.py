import re
import string

import pytest

from bot.texts import LANGUAGES, Texts, language_of
from domain.catalog import Vocabulary
from domain.phrasing import Phrasing

TEXTS = Texts.load()
TRANSLATIONS = {"zh-CN": {"course": "课程", "courses": "课程", "had": "学过", "piece": "门"}}


class Slots(dict):
    """Slots of a sentence; what only the conversation knows stays as it is."""

    def __missing__(self, key):
        return f"<{key}>"


def fields(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language):
    missing = [key for key in TEXTS.keys("en") if key not in TEXTS.keys(language)]
    assert missing == []


def test_translations_say_nothing_that_english_does_not_know():
    for key in TEXTS.keys("zh-CN"):
        english = set.union(*(fields(sentence) for sentence in TEXTS.variants(key, "en")))
        for sentence in TEXTS.variants(key, "zh-CN"):
            assert fields(sentence) <= english | {"noun", "nouns", "piece", "had"}, key


FILMS_ONLY = re.compile(
    r"\b(?:films?|movies?|watch\w*|seen|cinema)\b|电影|影片|片名|想看|看过|看完|看之前|看点|[一几两]部|部[{。，]"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_speaks_of_films_where_the_domain_has_other_words(language):
    slots = Phrasing(Vocabulary(("course", "courses"), translations=TRANSLATIONS), language).slots()
    for key in TEXTS.keys(language):
        for sentence in TEXTS.variants(key, language):
            said = sentence.format_map(Slots(slots))
            assert not FILMS_ONLY.search(said), (key, said)


@pytest.mark.parametrize(
    ("text", "locale", "language"),
    [
        ("hello", None, "en"),
        ("你好", None, "zh-CN"),
        ("我喜欢 Heat", "en-GB", "zh-CN"),
        ("👍", "zh-CN", "zh-CN"),
        ("", "zh-TW", "zh-CN"),
        ("hello", "zh-CN", "en"),
        ("", "de", "en"),
    ],
)
def test_the_language_follows_the_text_then_the_locale(text, locale, language):
    assert language_of(text, locale) == language
