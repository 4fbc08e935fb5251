"""The frame that fits a reader's scores best: words stay whole, and a mention begins before it goes on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.frame import Act, Flag, Kind, Mention, Role, Topic
from domain.reading import (
    ACTS,
    FLAGS,
    KINDS,
    LANGUAGES,
    OF_PIECES,
    ROLES,
    SIZES,
    TAGS,
    TOPICS,
    Reading,
    frame,
    softmax,
    spans,
    trimmed,
)

SURE = 8.0


def reading(text: str, pieces: str, tags: str = "", **likely: dict[int, float]) -> Reading:
    """A message of pieces between bars, each most likely of its tag, then of those behind it; else column -> logit."""
    places, end = [], 0
    for piece in filter(None, pieces.split("|")):
        start = text.index(piece, end)
        end = start + len(piece)
        places.append((start, end))
    logits = {n: np.zeros((len(places), k) if n in OF_PIECES else k, np.float32) for n, k in SIZES.items()}
    for at, choices in enumerate(tags.split()):
        for rank, tag in enumerate(choices.split("/")):
            logits["tags"][at, TAGS.index(tag)] = SURE / (1 + rank)
    for name, columns in likely.items():
        for column, logit in columns.items():
            logits[name][..., column] = logit
    return Reading(text, places, logits)


def mentions(read: Reading) -> list[tuple[str, str]]:
    return [(read.text[start:end], kind.value) for start, end, kind in spans(read)]


@pytest.mark.parametrize(
    ("text", "pieces", "tags", "expected"),
    [
        ("a comedy", "a|comedy", "O B-value", [("comedy", "value")]),
        ("a comedy from the 90s", "a|comedy|from|the|90s", "O B-value O B-range I-range",
         [("comedy", "value"), ("the 90s", "range")]),
        ("heat, up", "heat|,|up", "B-title O B-title", [("heat", "title"), ("up", "title")]),
        ("heat up", "heat|up", "B-title B-title", [("heat", "title"), ("up", "title")]),
        ("heat's great", "heat|'|s|great", "B-title O O O", [("heat", "title")]),
        ("hi", "hi", "O", []),
        ("", "", "", []),
    ],
)  # fmt: skip
def test_a_mention_is_what_its_tags_say(text: str, pieces: str, tags: str, expected: list[tuple[str, str]]) -> None:
    assert mentions(reading(text, pieces, tags)) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-theme I-theme O O", [("unbelievable", "theme")]),
        ("O I-theme I-theme O", [("unbelievable", "theme")]),
        ("B-theme O O O", []),
        ("O B-theme O O", []),
        ("O O B-theme/O I-theme/B-theme", [("comedy", "theme")]),
        ("O O O I-theme/B-theme", [("comedy", "theme")]),
        ("B-theme I-theme I-theme B-value", [("unbelievable", "theme"), ("comedy", "value")]),
    ],
)
def test_a_word_is_not_cut(tags: str, expected: list[tuple[str, str]]) -> None:
    assert mentions(reading("unbelievable comedy", "un|believ|able|comedy", tags)) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O I-title/B-title", [("story", "title")]),
        ("I-title/B-title I-title", [("toy story", "title")]),
        ("B-title I-value/I-title", [("toy story", "title")]),
        ("B-title I-value/B-value", [("toy", "title"), ("story", "value")]),
        ("I-title O", []),
    ],
)
def test_nothing_goes_on_that_has_not_begun(tags: str, expected: list[tuple[str, str]]) -> None:
    assert mentions(reading("toy story", "toy|story", tags)) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O O B-value B-value O", ["韩国", "恐怖"]),
        ("O O B-value I-value O", ["韩国恐怖"]),
        ("O B-count O O O", ["一部"]),
    ],
)
def test_what_is_written_without_spaces_is_cut_between_any_pieces(tags: str, expected: list[str]) -> None:
    assert [words for words, _ in mentions(reading("来一部韩国恐怖片", "来|一部|韩国|恐怖|片", tags))] == expected


@given(
    st.lists(st.text("abé1韩片 ,'", min_size=1, max_size=4), min_size=1, max_size=8),
    st.integers(0, 2**32 - 1),
)
def test_mentions_are_whole_words_in_order_whatever_the_scores(pieces: list[str], seed: int) -> None:
    text, ends = "".join(pieces), np.cumsum([len(piece) for piece in pieces]).tolist()
    places = [trimmed(text, place) for place in zip([0, *ends], ends, strict=False)]
    tags = np.random.default_rng(seed).normal(size=(len(pieces), len(TAGS))).astype(np.float32) * 4
    found = spans(Reading(text, places, {"tags": tags}))
    inside = [place for start, end, _ in found for place in (start, end)]
    assert inside == sorted(inside)
    for place in inside:
        around = text[place - 1 : place + 1] if 0 < place < len(text) else " "
        assert not (around.isalnum() and max(around) < "\u2e80"), (text, places, found)
    assert all(text[start:end].strip() for start, end, _ in found)


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [(" heat", (0, 5), (1, 5)), ("a \t heat", (1, 8), (4, 8)), ("heat", (0, 4), (0, 4)), ("a  ", (1, 3), (3, 3))],
)
def test_a_place_begins_where_a_word_does(text: str, place: tuple[int, int], expected: tuple[int, int]) -> None:
    assert trimmed(text, place) == expected


def test_a_piece_of_nothing_but_a_space_is_no_mention() -> None:
    read = reading("a b", "a| |b", "O B-title O")
    assert spans(read) == []


@pytest.mark.parametrize(
    ("logits", "expected"),
    [
        ({Act.ASK: 2.0, Act.REQUEST: 0.1}, {Act.ASK, Act.REQUEST}),
        ({Act.ASK: 0.1, Act.REQUEST: -0.1}, {Act.ASK}),
        ({Act.CHAT: -1.0}, {Act.CHAT}),
    ],
)
def test_what_is_likely_is_done_and_something_always_is(logits: dict[Act, float], expected: set[Act]) -> None:
    told = {at: logits.get(act, -5.0) for at, act in enumerate(ACTS)}
    assert reading("hm", "hm", "O", acts=told).acts == expected


def test_flags_hold_where_they_are_likely_and_none_has_to() -> None:
    nothing = dict.fromkeys(range(len(FLAGS)), -1.0)
    assert reading("hm", "hm", flags=nothing).flags == frozenset()
    assert reading("hm", "hm", flags={**nothing, FLAGS.index(Flag.LOW): 0.5}).flags == {Flag.LOW}


def test_the_most_likely_language_is_told() -> None:
    assert reading("hm", "hm", languages={LANGUAGES.index("pt"): 1.0}).language == "pt"


def test_a_mention_has_the_role_that_its_pieces_agree_on() -> None:
    read = reading("toy story", "toy|story", "B-title I-title")
    read.logits["roles"][0, ROLES.index(Role.SEEN)] = 2
    read.logits["roles"][1, ROLES.index(Role.LIKED)] = 3
    read.logits["theirs"][:, 0] = 1, -2
    assert read.mention(0, 9, Kind.TITLE) == Mention(0, 9, Kind.TITLE, Role.LIKED)
    read.logits["theirs"][:, 0] = 3, -2
    assert read.mention(0, 9, Kind.TITLE).theirs


def test_a_question_has_a_topic_and_a_count_is_wanted() -> None:
    told = {"topics": {TOPICS.index(Topic.LENGTH): 2.0}, "roles": {ROLES.index(Role.REFUSED): 9.0}}
    read = reading("how long", "how|long", "B-question I-question", **told)
    assert read.mention(0, 8, Kind.QUESTION) == Mention(0, 8, Kind.QUESTION, topic=Topic.LENGTH)
    assert read.mention(0, 3, Kind.COUNT) == Mention(0, 3, Kind.COUNT, Role.WANTED)


def test_a_frame_holds_all_that_was_read() -> None:
    acts = {at: SURE if act is Act.INFORM else -SURE for at, act in enumerate(ACTS)}
    flags = {at: SURE if flag is Flag.CHILD else -SURE for at, flag in enumerate(FLAGS)}
    told = {"roles": {ROLES.index(Role.LIKED): 2.0}, "theirs": {0: 2.0}, "languages": {LANGUAGES.index("en"): 3.0}}
    read = frame(reading("he loves heat", "he|loves|heat", "O O B-title", acts=acts, flags=flags, **told))
    assert read.acts == {Act.INFORM}
    assert read.flags == {Flag.CHILD}
    assert read.mentions == (Mention(9, 13, Kind.TITLE, Role.LIKED, theirs=True),)
    assert read.language == "en"


def test_words_are_of_a_kind_as_probably_as_their_pieces_are_on_average() -> None:
    read = reading("heat up", "heat|up", "B-title O")
    sure, even = read.probability(Kind.TITLE, 0, 4), read.probability(Kind.TITLE, 0, 7)
    assert sure > 0.98
    assert 0.49 < even < sure / 1.9
    assert read.probability(Kind.VALUE, 0, 4) < 0.01
    assert read.probability(Kind.TITLE, 7, 9) == 0


def test_probabilities_come_to_one_for_scores_of_any_size() -> None:
    found = softmax(np.array([[1e4, 0, -1e4], [0, 0, 0]], dtype=np.float32))
    assert found.sum(-1) == pytest.approx([1, 1])
    assert found[0] == pytest.approx([1, 0, 0])


def test_tags_are_a_beginning_and_a_continuation_of_every_kind() -> None:
    assert len(TAGS) == 1 + 2 * len(KINDS)
    assert TAGS[1 + 2 * KINDS.index(Kind.RANGE)] == "B-range"
    assert TAGS[2 + 2 * KINDS.index(Kind.RANGE)] == "I-range"
