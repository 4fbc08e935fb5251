"""Figures of frames, on frames that can be counted by hand."""

import json
import random
from pathlib import Path

import pytest

from benchmarks import frames
from benchmarks.frames import CHANGES, FOLDER, changed, held_out, overlapping
from domain.frame import Kind
from tests.fakes import ScriptedReader, scored
from training.annotation import Annotated, parse


def message(line: str) -> Annotated:
    return parse(line, "films", "en")


class Annotators:
    """Reads every message as it was annotated, and what it does not know as a plain chat."""

    def __init__(self, *messages: Annotated) -> None:
        self._frames = {m.text: m.frame for m in messages}

    def read(self, text, after):
        frame = self._frames.get(text) or message("start | chat | no").frame
        return scored(text, frame)


def test_words_that_overlap_count_if_kind_and_role_are_right():
    told = message("start | request | {a long comedy|value wanted} with {dogs|theme wanted}").frame
    found = message("start | request | a long {comedy|value wanted} with {dogs|theme unwanted}").frame
    assert overlapping([(told, found)]) == pytest.approx(0.5)
    assert overlapping([(told, told)]) == 1


def test_a_frame_that_stays_the_same_is_not_counted_as_changed():
    lower, upper = (
        message("start | request | {Comedy|value wanted}"),
        message("start | request | {comedy|value wanted}"),
    )
    assert changed(Annotators(lower, upper), [lower], CHANGES["lower case"]) == 0
    assert changed(Annotators(lower), [lower], CHANGES["lower case"]) == 1


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_change_keeps_the_words_of_all_other_mentions(name):
    told = message("start | inform request | I loved {Heat|title liked}, something {tense|theme wanted} tonight.")
    for seed in range(20):
        new = CHANGES[name](told, random.Random(seed))
        (theme,) = (m for m in new.frame.mentions if m.kind is Kind.THEME)
        assert new.text[theme.start : theme.end] == "tense"


def test_both_annotators_read_the_same_messages():
    second = held_out(FOLDER / "second")
    assert {name: [(m.text, m.after) for m in those] for name, those in held_out().items()} == {
        name: [(m.text, m.after) for m in those] for name, those in second.items()
    }


def test_what_is_turned_round_names_words_that_stand_there_once():
    rows = [json.loads(line) for line in (Path(FOLDER) / "turned.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 200
    assert all(row["text"].count(row["words"]) == 1 and not set(row["right"]) & set(row["wrong"]) for row in rows)


def test_a_reader_that_is_never_wrong_turns_nothing_round():
    class Right(ScriptedReader):
        def read(self, text, after):
            rows = map(json.loads, (FOLDER / "turned.jsonl").read_text(encoding="utf-8").splitlines())
            row = next(row for row in rows if row["text"] == text)
            marked = text.replace(row["words"], f"{{{row['words']}|{row['kind']} {row['right'][0]}}}")
            return scored(text, message(f"start | inform | {marked}").frame)

    wrong, right, count = frames.turned(Right())
    assert (wrong, count) == (0, 200)
    assert right == 200
