import string

import pytest

from bot.texts import LANGUAGES, Texts, language_of

TEXTS = Texts.load()


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
            assert fields(sentence) <= english | {"noun", "nouns"}, key


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
