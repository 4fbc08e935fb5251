# ruff: noqa: E501 - a list of scraps of text is read better in few long lines
"""Every text is read within a time that its length explains, whatever it holds."""

import itertools
import time

import pytest

from bot.conversation import READ
from bot.guards import Guards
from bot.understander import Understander
from bot.understanding import Context
from domain.liking import Liking
from domain.linking import Linker
from domain.phrases import Phrases

SCRAPS = (
    "a", "9", " ", "\n", "@", "#", "*", "_", "(", "[", "{", "\\", "/", ".", ",", "!", "?", "'", '"', "-", "—", "…", "\u0000",
    "\u200d", "\u0301", "😀", "👍", "好", "想死", "不", "é", "ß", "İ", "😂 ", "no ", "not ", "not the ", "over ", "over 9", "under 90 ",
    "9 minutes ", "an hour and ", "an hour and a half ", "before ", "before 1990 ", "after 90s ", "the 80s and ", "90s, ", "from ",
    "1990", "1990 ", "1990-", "between 1990 and ", "the last ", "last 5 years ", "this century ", "years old ", "older than ",
    "I loved ", "I loved Heat ", "I hated ", "Heat ", "Heat, ", "Heat and ", "heat heat", "Toy Story ", "toy ", "The ", "the ", "of the ",
    "It ", "it ", "like it ", "like that one ", "the second one ", "second ", "more like ", "something like ", "anything but ",
    "because ", "but ", "but not ", "although ", "i ", "my ", "my friend ", "my wife keeps ", "i want to ", "i can't ", "kill ", "die ",
    "what do you ", "do you have ", "how long is ", "how many ", "which one ", "is it ", "who ", "why ", "delete my ", "dont remember ",
    "forget ", "show me ", "show me my ", "recommend ", "give me 3 ", "10/10 ", "9/", "1 out of ", "www.", "http://a.b/", "<@1>", "<@", "```",
    "||", "@everyone ", "comedy ", "comedy, ", "no comedy ", "not a comedy ", "sci-fi ", "thriller or ", "scary ", "too scary ",
    "not too long ", "too long ", "short ", "shorter than ", "better than ", "than ", "Mr. ", "A.", "A. ", "O'Neil ", "l'", "d'", "Xyzzy ", "Xyzzy Plugh ",
    "with Tom Hanks ", "Tom Hanks ", "by Quentin ", "directed by ", "starring ", "seen ", "have seen ", "I have seen ", "never seen ",
    "thanks ", "ok ", "no, ", "yes ", "hi ", "bye ", "please ", "lol ", "u ", "ur ", "n't ", "don't ", "Don’t ", "‘", "“", "”", "。", "，", "电影 ",
    "推荐", "我喜欢", "喜欢《", "》", "不要恐怖", "90分钟以内", "两个半小时", "1990年以后", "我的朋友", "他打我", "删除我的", "别记住",
)  # fmt: skip
TEXTS = [
    *(scrap * (2 * READ // len(scrap)) for scrap in SCRAPS),
    *((one + other) * (2 * READ // len(one + other)) for one, other in itertools.pairwise(SCRAPS)),
]
SLOWER = 30
"""So many times as long may ten times as much text take: in proportion it would be ten, by its square a hundred."""
NOTICEABLE = 0.05
"""Seconds; what takes less is not measured again."""


def seconds(read, text):
    began = time.perf_counter()
    read(text)
    return time.perf_counter() - began


@pytest.fixture
def readers(catalog):
    guards = Guards()
    understander = Understander(catalog, Linker(catalog), Phrases.load(), Liking.load())
    context = Context(slate=("6", "608", "1387"), said="Try Heat, Fargo or Jaws.", named=(("6", "608", "1387"),))
    return (
        lambda text: (guards.trouble(text), guards.about_data(text)),
        lambda text: understander.understand(text, context),
    )


def test_the_time_for_a_text_grows_with_its_length_and_not_with_its_square(readers):
    assert len(set(TEXTS)) >= 300
    for text, read in itertools.product(TEXTS, readers):
        whole = seconds(read, text[:READ])
        if whole > NOTICEABLE:
            part = max(seconds(read, text[: READ // 10]) for _ in range(3))
            assert whole < SLOWER * part or seconds(read, text[:READ]) < SLOWER * part, text[:40]


def test_numbers_of_any_length_are_no_wish_and_no_error(readers):
    for text in ("9" * 500, f"over {'9' * 400} minutes", f"under {'9' * 30} minutes", f"before {'1' * 400}"):
        guarded, said = (read(text) for read in readers)
        assert guarded == (None, None)
        assert said.constraints == ()
