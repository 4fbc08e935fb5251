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


def test_nothing_is_a_way_to_say_it():
    assert TEXTS.say("conversation.space", "zh-CN") == ""
    assert TEXTS.say("conversation.space", "de") == " "


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translations_say_nothing_that_english_does_not_know(language):
    for key in TEXTS.keys(language):
        english = set.union(*(fields(sentence) for sentence in TEXTS.variants(key, "en")))
        for sentence in TEXTS.variants(key, language):
            assert fields(sentence) <= english | {"noun", "nouns", "piece", "had"}, key


OF_THE_DOMAIN = {"noun", "nouns", "piece", "had", "Had"}
"""What every sentence may be filled with."""
LEFT_OUT = {"Options", "extreme", "attribute"}
"""What a language may say by other words of the sentence: "the shortest", or "with 98 minutes the shortest"."""


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translations_tell_all_that_english_does(language):
    for key in TEXTS.keys("en") & TEXTS.keys(language):
        english, here = (set.union(*map(fields, TEXTS.variants(key, spoken))) for spoken in ("en", language))
        assert (english ^ here) - OF_THE_DOMAIN - LEFT_OUT == set(), key


FILMS_ONLY = re.compile(
    r"\b(?:films?|movies?|(?<!/)watch\w*|seen|cinema|filmes?|filmen?|películas?|cine|kino|cinéma|gesehen)\b|电影|影片|片名|想看|看过|看完|看之前|看点|[一几两]部|部[{。，]",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_speaks_of_films_where_the_domain_has_other_words(language):
    slots = Phrasing(Vocabulary(("course", "courses"), translations=TRANSLATIONS), language).slots()
    for key in TEXTS.keys(language):
        for sentence in TEXTS.variants(key, language):
            said = sentence.format_map(Slots(slots))
            assert key == "discord.name_watchlist" or not FILMS_ONLY.search(said), (key, said)


@pytest.mark.parametrize(
    ("text", "locale", "language"),
    [
        ("hello", None, "en"),
        ("你好", None, "zh-CN"),
        ("我喜欢 Heat", "en-GB", "zh-CN"),
        ("👍", "zh-CN", "zh-CN"),
        ("", "zh-TW", "zh-CN"),
        ("hello", "zh-CN", "en"),
        ("", "de", "de"),
        ("👍", "pt-BR", "pt"),
        ("", "ja", "en"),
    ],
)
def test_the_language_follows_the_text_then_the_locale(text, locale, language):
    assert language_of(text, locale) == language


@pytest.mark.parametrize(
    ("read", "answered"),
    [("en", "en"), ("zh", "zh-CN"), ("es", "es"), ("de", "de"), ("fr", "fr"), ("pt", "pt"), ("xx", "en")],
)
def test_who_writes_in_a_language_that_is_spoken_is_answered_in_it(read, answered):
    assert TEXTS.nearest(read) == answered


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vorrei una bella commedia per questa sera", "italiano"),
        ("ik wil graag een spannende film zien", "Nederlands"),
        ("szukam jakiejś dobrej komedii na wieczór", "polsku"),
        ("泣ける映画を教えてください", "日本語"),
        ("재미있는 영화 추천해 주세요", "한국어"),
        ("посоветуй хороший фильм", "по-русски"),
        ("اقترح علي فيلما جيدا", "العربية"),
        ("πρότεινέ μου μια ταινία", "ελληνικά"),
    ],
)
def test_who_writes_in_a_language_that_is_not_spoken_is_told_so_in_it(text, words):
    assert words in TEXTS.unspoken(text)


@pytest.mark.parametrize("text", ["", "👍 1995", "qzxv wqkj"])
def test_of_a_language_that_nobody_can_tell_nothing_is_said(text):
    assert TEXTS.unspoken(text) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_told_so_is_told_of_every_language_that_is_spoken(language):
    names = {"en": "Engels", "zh-CN": "Chin", "es": "Spa", "de": "Duits", "fr": "Frans", "pt": "Portug"}
    assert names[language] in TEXTS.unspoken("ik wil graag een spannende film zien")


OFTEN = (
    "slate.plain", "slate.asked", "slate.asked_again", "slate.liked", "slate.more", "slate.again", "slate.unknown",
    "slate.unmet", "slate.nothing_left", "conversation.nearest", "conversation.have_none", "conversation.about",
    "conversation.fact", "conversation.cannot_tell", "conversation.has",
)  # fmt: skip
"""What is said most often: a slate, what was heard, that nothing fits, an answer."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", OFTEN)
def test_what_is_said_often_is_said_in_four_ways(key, language):
    assert len(set(TEXTS.variants(key, language))) >= 4


QUOTES = {"es": "«»", "de": "„“", "fr": "«»", "en": "“”", "pt": "“”", "zh-CN": "“”"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_quoted_stands_in_the_marks_of_the_language(language):
    for key in TEXTS.keys(language):
        for sentence in TEXTS.variants(key, language):
            assert set(sentence) & set("«»„“”") <= set(QUOTES[language]), (key, sentence)


def test_french_has_a_space_that_does_not_break_before_its_marks():
    for key in TEXTS.keys("fr"):
        for sentence in TEXTS.variants(key, "fr"):
            assert not re.search(r" [:;?!»]|« ", sentence), (key, sentence)
