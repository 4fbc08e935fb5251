# ruff: noqa: E501 - a list of scraps of text is read better in few long lines
"""Every text is read within a time that its length explains, whatever it holds."""

import itertools
import time

import pytest

from bot.exchange import READ
from bot.guards import Guards
from bot.reader import NoReader
from bot.resolve import Resolver
from bot.understood import Context
from domain.frame import Act, Frame, Kind, LastPlan, Mention, Role, Topic
from domain.linking import Linker
from tests.fakes import ScriptedReader, scored

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
REPEATED = [scrap * (2 * READ // len(scrap)) for scrap in SCRAPS]
TEXTS = [
    *REPEATED,
    *((one + other) * (2 * READ // len(one + other)) for one, other in itertools.pairwise(SCRAPS)),
]
SLOWER = 30
"""So many times as long may ten times as much text take: in proportion it would be ten, by its square a hundred."""
NOTICEABLE = 0.1
"""Seconds; what takes less is not measured again."""
CONTEXT = Context(("6", "608", "1387"), "608", frozenset({"6"}))


def seconds(read, text):
    began = time.perf_counter()
    read(text)
    return time.perf_counter() - began


@pytest.fixture(scope="module")
def resolver(catalog):
    return Resolver(catalog, Linker(catalog))


def assert_grows_with_its_length(read, texts):
    for text, length in itertools.product(texts, (READ // 3, READ)):  # what grows fast is found before it takes minutes
        whole = seconds(read, text[:length])
        if whole > NOTICEABLE:
            part = max(seconds(read, text[: length // 10]) for _ in range(3))
            assert whole < SLOWER * part or seconds(read, text[:length]) < SLOWER * part, text[:40]


def test_the_time_for_a_text_grows_with_its_length_and_not_with_its_square(resolver):
    assert len(set(TEXTS)) >= 300
    guards, reader = Guards(), NoReader()
    assert_grows_with_its_length(lambda text: (guards.trouble(text), guards.about_data(text)), TEXTS)
    assert_grows_with_its_length(lambda text: resolver.resolve(reader.read(text, LastPlan()), CONTEXT), TEXTS)


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        (Kind.TITLE, "en"), (Kind.PERSON, "en"), (Kind.VALUE, "en"), (Kind.RANGE, "en"), (Kind.POINTER, "en"),
        (Kind.COUNT, "en"), (Kind.QUESTION, "en"), (Kind.VALUE, "zh"), (Kind.RANGE, "zh"), (Kind.POINTER, "zh"),
    ],
)  # fmt: skip
def test_so_does_the_time_for_a_text_that_is_taken_for_one_mention(resolver, kind, language):
    topic = Topic.PROPERTY if kind is Kind.QUESTION else None
    role = None if topic else Role.WANTED

    def read(text):
        mention = Mention(0, len(text), kind, role, topic)
        said = Frame(frozenset({Act.REQUEST, Act.ASK}), (mention,), frozenset(), language)
        return resolver.resolve(scored(text, said), CONTEXT)

    assert_grows_with_its_length(read, REPEATED)


@pytest.mark.parametrize(
    "line",
    [
        "request | {99999|count wanted} films",
        f"request | {{{'9' * 500}|count wanted}} films",
        f"request | over {{{'9' * 400} minutes|range at-least}}",
        f"request | under {{{'9' * 30} minutes|range at-most}}",
        f"request | before {{{'1' * 400}|range at-most}}",
        f"request | {{{'9' * 400}th century|range wanted}}",
        f"request | {{the {'9' * 400}0s|range wanted}}",
        f"request | {{{'9' * 400}/{'9' * 401}|range wanted}}",
        "request | before {1.5.1990|range at-most}",
        "request | version {1.2.3|range wanted}",
        "request | {1,2,3,4|range wanted}",
    ],
)
def test_numbers_of_any_length_and_shape_are_no_error_and_no_wish_that_nothing_can_hold(resolver, line):
    reader = ScriptedReader()
    text = reader.learn(line)
    assert (Guards().trouble(text), Guards().about_data(text)) == (None, None)
    said = resolver.resolve(reader.read(text, LastPlan()), CONTEXT)
    assert all(wish.limits and 0 < wish.number < 10_000 for wish in said.wishes)


def test_a_wall_of_numerals_in_chinese_is_no_wish_and_no_error(resolver):
    reader = ScriptedReader()
    for numerals in ("九" * 600, "千" * 600, "一九九〇" * 150):
        text = reader.learn(f"request | {{{numerals}年以后|range at-least}}的电影", "zh")
        said = resolver.resolve(reader.read(text, LastPlan()), CONTEXT)
        assert all(wish.limits and 0 < wish.number < 10_000 for wish in said.wishes)
