"""Annotated messages are read as they were written, and what is understood of them is counted."""

import json
from pathlib import Path

import pytest

from benchmarks import annotated
from benchmarks.understanding import INTENTS
from domain.preference import Constraint

SHIPPED = sorted(Path("tests/utterances").glob("*.jsonl"))


def line(marked, intent, constraints=(), context=()):
    row = {"id": "1", "marked": marked, "intent": intent, "constraints": list(constraints), "context": list(context)}
    return json.dumps(row)


def test_marks_are_taken_out_of_the_text():
    (said,) = annotated.read([line("I [[loved|?|0]] [[heat|Heat (1995)|1]]!", "prefer", [["year", ">=1990", True]])])
    assert said.text == "I loved heat!"
    assert [(said.text[m.start : m.end], m.name, m.polarity) for m in said.marks] == [
        ("loved", "?", 0),
        ("heat", "Heat (1995)", 1),
    ]
    assert said.constraints == (Constraint("year", ">=1990"),)


def test_items_are_meant_by_title_and_year_give_or_take_one(catalog):
    names = annotated.Names(catalog)
    assert names.ids("Titanic (1953)") == {"3404"}
    assert names.ids("The Usual Suspects (1996)") == {"50"}
    assert names.ids("Se7en (1995)") == {"47"}
    assert names.ids("Heat (1986)") == names.ids("Nothing (1995)") == names.ids("?") == frozenset()


def test_what_is_right_and_what_is_not_is_counted(reads):
    reads.reader.learn("inform | I loved {Heat|title liked} and hated {Fargo|title disliked}")
    reads.reader.learn("inform | I loved {Heat|title liked}")
    funny = "{funny|value wanted} from before {1990|range at-most}, no {horror|value unwanted}"
    reads.reader.learn(f"request | something {funny}")
    told = [
        line("I loved [[Heat|Heat (1995)|1]] and hated [[Fargo|Fargo (1996)|-1]]", "prefer"),
        line("I loved [[Heat|Titanic (1997)|1]]", "recommend"),
        line("something funny from before 1990, no horror", "recommend", [["genres", "Comedy", True]]),
    ]
    total = annotated.score(list(annotated.read(told)), reads)
    assert (total.mentions.found, total.mentions.right, total.mentions.marked) == (3, 2, 3)
    assert total.polarities == [(1, 1), (-1, -1)]
    assert (total.constraints.found, total.constraints.right, total.constraints.marked) == (3, 1, 1)
    assert (total.unwanted.found, total.unwanted.right) == (1, 0)
    assert [a == b for a, b in total.intents] == [True, False, True]


def test_what_is_not_understood_wholly_is_shown(reads, capsys):
    reads.reader.learn("inform | I loved {Heat|title liked}")
    told = [line("I loved [[Heat|Heat (1995)|-1]]", "reject", [["genres", "Comedy", True]])]
    annotated.score(list(annotated.read(told)), reads, show=1)
    shown = capsys.readouterr().out
    assert "> I loved Heat" in shown
    assert "intent prefer, not reject" in shown
    assert "('Heat', 'Heat (1995)', 1)" in shown
    assert "Comedy" in shown


@pytest.mark.parametrize(
    ("annotated_as", "heard", "right"),
    [
        (">=1990", ">=1990", True),
        ("<1990", "<=1989", True),
        (">", ">=2010", True),
        (">", "<=2010", False),
        ("<1990", "<=1990", False),
    ],
)
def test_limits_agree_by_their_last_whole_number(annotated_as, heard, right):
    assert annotated.agrees(Constraint("year", annotated_as), Constraint("year", heard)) == right


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_messages_that_ship_are_well_formed(path):
    said = list(annotated.read(path.read_text(encoding="utf-8").splitlines()))
    assert len({one.id for one in said}) == len(said) >= 40
    for one in said:
        assert one.intent in {name for _, name in INTENTS}
        assert "[[" not in one.text
        assert all(mark.polarity in (-1, 0, 1) for mark in one.marks)
        assert all(c.attribute in ("genres", "year", "length", "popularity") for c in one.constraints)
