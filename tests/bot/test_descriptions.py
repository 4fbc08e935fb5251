"""Which values a description means: read from the learned layer, and what a message as a whole then says."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.descriptions import Descriptions
from bot.encoder import Meaning
from bot.search import Search
from bot.seeking import Seeker
from bot.understood import Asked, Named, Understood
from domain.artifact import DESCRIBED_VALUES, DESCRIPTIONS, ArtifactError
from domain.catalog import Catalog, Item
from domain.frame import Act, Flag, Frame, Role, Topic
from domain.preference import Constraint

VALUES = (("theme", "robots"), ("theme", "heist"), ("theme", "whaling"))
WORDS = ("android", "vault", "harpoon", "plumber")
"""A word for each value, and one for none."""
CATALOG = Catalog(
    [
        Item(
            "1", "Tin Hearts", 2000, "A robot learns to love.", attributes={"theme": ("robots",), "genres": ("Drama",)}
        ),
        Item("2", "The Vault", 2000, "Thieves.", attributes={"theme": ("heist",), "genres": ("Drama",)}),
    ]
)


class Words:
    """An encoder to whom each of `WORDS` is a coordinate."""

    def read(self, text: str) -> Meaning:
        said = text.lower().split()
        meant = np.array([[float(said.count(word)) for word in WORDS]], dtype=np.float32)
        return Meaning(meant + 1e-3, [(0, len(text))])


def layer(sureness: float = 8.0) -> Descriptions:
    weight = sureness * np.eye(len(WORDS), dtype=np.float32)
    return Descriptions(weight, np.zeros(4, np.float32), np.zeros(4, np.float32), VALUES, CATALOG)


def seeker(sureness: float = 8.0) -> Seeker:
    vectors = np.eye(2, 4, dtype=np.float16)
    return Seeker(Search(CATALOG, None, Words(), vectors, None, layer(sureness)), ["a", "i", "with", "film"])


def meant(text: str, sureness: float = 8.0) -> tuple[list[str], float]:
    values, sure = layer(sureness).values(Words().read(text).whole)
    return [value for _, value in values], sure


def test_the_likeliest_value_is_told_and_what_is_nearly_as_likely() -> None:
    values, sure = meant("android")
    assert values == ["robots"]
    assert sure > 0.99
    assert meant("android vault")[0] == ["robots", "heist"]
    assert meant("android vault")[1] > 0.99


def test_what_means_none_or_is_not_here_is_told_of_none() -> None:
    assert meant("plumber")[1] < 0.01
    assert meant("harpoon")[1] < 0.01  # no film is about whaling
    assert meant("android", sureness=0.5)[1] < 0.5


def test_a_layer_is_read_whole_or_refused(tmp_path: Path) -> None:
    path = tmp_path / DESCRIPTIONS
    assert Descriptions.load(path, CATALOG) is None
    tensors = {
        "weight": np.eye(4, dtype=np.float16),
        "bias": np.zeros(4, np.float16),
        "center": np.zeros(4, np.float16),
    }
    save_file(tensors, path, {DESCRIBED_VALUES: json.dumps(VALUES)})
    told = Descriptions.load(path, CATALOG)
    assert told is not None
    assert told.known == VALUES
    save_file(tensors, path, {DESCRIBED_VALUES: json.dumps(VALUES[:1])})
    with pytest.raises(ArtifactError, match="as many values"):
        Descriptions.load(path, CATALOG)
    path.write_bytes(b"no tensors")
    with pytest.raises(ArtifactError, match="cannot be read"):
        Descriptions.load(path, CATALOG)


def said(*acts: Act, **parts: object) -> Understood:
    return replace(Understood(Frame(frozenset(acts))), **parts)  # type: ignore[arg-type]


ROBOTS = (Constraint("theme", "robots"),)


@pytest.mark.parametrize(
    "before",
    [
        said(Act.REQUEST),
        said(Act.CHAT),
        said(Act.INFORM, sought=("android",)),
        said(Act.REQUEST, named=(Named(None, 0, 7, Role.LIKED),)),
        said(Act.ASK, asked=(Asked(Topic.PLOT),), named=(Named(None, 0, 7, Role.ASKED),)),
    ],
    ids=["request", "small talk", "searched", "an unknown title", "a question"],
)
def test_a_message_that_describes_a_value_as_a_whole_asks_for_it(before: Understood) -> None:
    understood = seeker().reconsidered(before, "android")
    assert understood.wishes == ROBOTS
    assert understood.described
    assert Act.REQUEST in understood.acts
    assert not understood.named
    assert not understood.asked


@pytest.mark.parametrize(
    "before",
    [
        said(Act.THANK),
        said(Act.GREET),
        said(Act.REQUEST, shunned=("android",)),
        said(Act.REQUEST, wishes=(Constraint("theme", "robots", include=False),)),
        said(Act.REQUEST, wishes=(Constraint.limit("year", ">=", 1990),)),
        said(Act.REQUEST, named=(Named("1", 0, 7, Role.LIKE_THIS, pointed=True),)),
        replace(said(Act.ASK), asked=(Asked(Topic.BOT),)),
        Understood(Frame(frozenset({Act.REQUEST}), flags=frozenset({Flag.SURPRISE}))),
    ],
    ids=["thanks", "hello", "unwanted", "not that", "a year", "this one", "about the bot", "surprise me"],
)
def test_what_a_message_surely_says_stands_against_that(before: Understood) -> None:
    assert seeker().reconsidered(before, "android") == before


def test_after_a_slate_small_talk_and_questions_describe_nothing() -> None:
    for before in (said(Act.CHAT), said(Act.ASK, asked=(Asked(Topic.PROPERTY),))):
        assert not seeker().reconsidered(before, "android", [*CATALOG][1:]).described
    assert seeker().reconsidered(said(Act.REQUEST), "android", [*CATALOG][1:]).described


def test_an_unsure_reading_changes_nothing() -> None:
    before = said(Act.REQUEST)
    assert not seeker(sureness=0.3).reconsidered(before, "android").described


def test_beside_a_wish_it_has_to_be_surer() -> None:
    drama = Constraint("genres", "Drama")
    beside = said(Act.REQUEST, wishes=(drama,), sought=("android",))
    assert seeker().reconsidered(beside, "android").wishes == (*ROBOTS, drama)
    assert not seeker(sureness=2.6).reconsidered(beside, "android").described
    assert seeker(sureness=2.6).reconsidered(said(Act.REQUEST, sought=("android",)), "android").described


def test_a_single_word_has_to_be_surer_than_several() -> None:
    search = Search(CATALOG, None, Words(), np.eye(2, 4, dtype=np.float16), None, layer(1.9))
    assert 0.5 < search.told("android")[1] < 0.7
    assert search.values("android") == ()
    assert search.values("android android") == (VALUES[0],)


def test_a_story_of_one_thing_has_to_be_surer_too() -> None:
    story = "android android android android android android android"
    alike = np.full((2, 4), 0.5, dtype=np.float16)  # no film is nearer to it than the other

    def described(sureness: float, text: str) -> bool:
        seeking = Seeker(Search(CATALOG, None, Words(), alike, None, layer(sureness)), [])
        return seeking.reconsidered(said(Act.REQUEST), text).described

    assert described(1.9, "android")
    assert not described(1.9, story)
    assert described(8.0, story)
