"""Variations of an annotated message: other words, the same meaning, and marks on the same places."""

import random

from domain.frame import Kind
from training.annotation import Annotated, parse
from training.variation import PLEASE, Shares, Variation, spliced

NAMES = {Kind.TITLE: ["Jaws", "The Man Who Fell to Earth"], Kind.PERSON: ["Agnes Varda"]}
SEEDS = range(300)


def varied(line: str, domain: str = "films", shares: Shares | None = None) -> list[Annotated]:
    message = parse(line, domain, "en")
    return [Variation(NAMES, random.Random(seed), shares)(message) for seed in SEEDS]


def words_of(message: Annotated) -> list[str]:
    return [message.text[m.start : m.end] for m in message.frame.mentions]


def outside(message: Annotated) -> str:
    """The text with a line in the place of each mention."""
    text = message.text
    for mention in reversed(message.frame.mentions):
        text = text[: mention.start] + "_" + text[mention.end :]
    return text


def test_mentions_stay_on_their_words() -> None:
    line = "start | inform | ({Heat|title liked}), not {Titanic|title disliked}! {Al Pacino|person wanted theirs}"
    original, found = parse(line, "films", "en"), varied(line)
    for message in found:
        assert (message.frame.acts, message.after) == (original.frame.acts, original.after)
        kept = [(m.kind, m.role, m.theirs) for m in message.frame.mentions]
        assert kept == [(m.kind, m.role, m.theirs) for m in original.frame.mentions]
        assert outside(message).startswith("(_), not _! _")
    names = {"Heat", "heat", "Titanic", "Jaws", "The Man Who Fell to Earth", "Al Pacino", "al pacino", "Agnes Varda"}
    assert names <= {words for message in found for words in words_of(message)}


def test_titles_are_exchanged_for_titles_and_people_for_people() -> None:
    line = "start | inform | {Heat|title liked} by {Al Pacino|person wanted}"
    for message in varied(line, shares=Shares(named=1, misspelt=0)):
        title, person = (words.lower() for words in words_of(message))
        assert (title in ("jaws", "the man who fell to earth")) != (person == "agnes varda")
        assert title in ("heat", "jaws", "the man who fell to earth")


def test_what_was_typed_small_stays_small() -> None:
    found = {words for m in varied("start | inform | {heat|title liked}") for words in words_of(m)}
    assert "jaws" in found
    assert not [words for words in found if words != words.lower()]


def test_only_films_are_exchanged_for_films() -> None:
    found = {m.text for m in varied("start | inform | {Emma|title liked}", "books", Shares(1, 0, 0, 0))}
    assert found == {"Emma"}


def test_letters_are_wrong_in_long_words_now_and_then() -> None:
    found = [m.text for m in varied("start | chat | an otherwise old hat", shares=Shares(0, 0, 0.5, 0))]
    assert 0.3 < sum(text != "an otherwise old hat" for text in found) / len(found) < 0.7
    assert all(text.startswith("an ") and text.endswith(" old hat") for text in found)
    assert len(set(found)) > 10


def test_a_slip_is_not_made_where_a_mention_begins_within_a_word() -> None:
    shares = Shares(misspelt=0.9, ended=0, lowered=0)
    assert {m.text for m in varied("start | request | super{horror|value wanted}", shares=shares)} == {"superhorror"}


def test_a_message_ends_without_its_stop_or_politely() -> None:
    found = {m.text for m in varied("start | request | a {comedy|value wanted}.", shares=Shares(0, 0, 0, 1))}
    assert found == {"a comedy", *(f"a comedy{please}" for please in PLEASE["en"])}
    whole = varied("start | inform | {Help!|title liked}", shares=Shares(0, 0, 0, 1))
    assert {words_of(m)[0] for m in whole} == {"Help!"}


def test_some_messages_are_learned_as_they_are() -> None:
    line = "start | request | something by {Heat|title like-this} please"
    same = [message == parse(line, "films", "en") for message in varied(line)]
    assert 0.2 < sum(same) / len(same) < 0.6


def test_other_words_move_the_mentions_behind_them() -> None:
    message = parse("start | inform | i so loved {heat|title liked}", "films", "en")
    assert words_of(spliced(message, 2, 4, "really really")) == ["heat"]
    assert words_of(spliced(message, 11, 15, "jaws 2")) == ["jaws 2"]
    assert words_of(spliced(message, 15, 15, " pls")) == ["heat"]
    assert spliced(message, 8, 13, "x") == message
