import re
from pathlib import Path

import pytest

from benchmarks.talks import FOLDER, Answer, Script, TalkError, faults, load, unmet
from domain.catalog import Catalog, Item, Vocabulary

HEAT = Item("1", "Heat", 1995, attributes={"genres": ("Crime",), "length": 170.0, "mood": ("tense",), "scary": 1.0})
UP = Item("2", "Up", 2009, attributes={"genres": ("Comedy", "Children"), "length": 96.0, "director": ("Pete Docter",)})
ALIEN = Item("3", "Alien", 1979, titles={"de": "Alien – Das unheimliche Wesen"}, attributes={"genres": ("Horror",)})
CATALOG = Catalog(
    [HEAT, UP, ALIEN],
    Vocabulary(
        translations={"de": {"Comedy": "Komödie"}},
        levels={"scary": {"en": ("not scary", "a little scary"), "de": ("nicht gruselig", "etwas gruselig")}},
    ),
)


def talks(tmp_path: Path, *lines: str) -> list[Script]:
    path = tmp_path / "en-1.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return load(path)


def judged(tmp_path: Path, check: str, text: str = "", shown=(), before=()) -> bool:
    (talk,) = talks(tmp_path, "## somebody", "> hello", f"= {check}")
    return not unmet(Answer(text, shown, before), talk.messages[0], CATALOG)


def test_a_file_holds_talks_of_messages_with_what_is_asked_of_their_replies(tmp_path):
    one, other = talks(
        tmp_path, "## a nurse", "> hi", "> a comedy", "= shows: genres = Comedy; year < 1990", "= hides: Up (2009)", "",
        "## a cook", "> bye",
    )  # fmt: skip
    assert (one.who, one.language, [said.text for said in one.messages]) == ("a nurse", "en", ["hi", "a comedy"])
    assert [str(check) for check in one.messages[1].checks] == [
        "shows: genres = Comedy; year < 1990",
        "hides: Up (2009)",
    ]
    assert (one.open, other.open) == (True, False)


@pytest.mark.parametrize("line", ["= shows", "= finds: Heat", "hello", "= shows:"])
def test_a_line_that_is_none_of_those_described_is_refused_with_its_place(tmp_path, line):
    with pytest.raises(TalkError, match=r"en-1.txt, line 3: "):
        talks(tmp_path, "## a nurse", "> hi", line)


@pytest.mark.parametrize(
    ("check", "shown", "met"),
    [
        ("shows: anything", [UP], True),
        ("shows: anything", [], False),
        ("shows: nothing", [], True),
        ("shows: nothing", [UP], False),
        ("shows: genres = Comedy | Crime", [UP, HEAT], True),
        ("shows: genres = Comedy", [UP, HEAT], False),
        ("shows: genres = Comedy", [], False),
        ("shows: genres != Horror", [UP, HEAT], True),
        ("shows: genres != Horror", [UP, ALIEN], False),
        ("shows: year < 2000; length >= 170", [HEAT], True),
        ("shows: year >= 2000", [HEAT, UP], False),
        ("shows: length < 200", [ALIEN], False),
        ("shows: by = Pete Docter", [UP], True),
        ("shows: title = Heat (1995)", [UP, HEAT], True),
        ("shows: title = Heat (1995)", [UP], False),
        ("shows: mood = tense", [HEAT, HEAT, UP], True),
        ("shows: mood = tense", [HEAT, UP, UP], False),
        ("shows: mood != tense", [HEAT, UP, UP], False),
        ("hides: Heat (1995)", [UP], True),
        ("hides: Heat (1995)", [UP, HEAT], False),
    ],
)
def test_what_is_shown_is_judged_by_the_records(tmp_path, check, shown, met):
    assert judged(tmp_path, check, shown=shown) is met


@pytest.mark.parametrize(
    ("check", "said", "met"),
    [
        ("tells: Heat (1995): length", "Heat runs 170 minutes.", True),
        ("tells: Heat (1995): length; year", "Heat runs 170 minutes.", False),
        ("tells: Heat (1995): length", "That one runs 170 minutes.", True),
        ("tells: Heat (1995): length", "Up runs 170 minutes.", False),
        ("tells: Heat (1995): length", "Heat runs 1170 minutes.", False),
        ("tells: Heat (1995): scary", "Heat ist etwas gruselig.", True),
        ("tells: Heat (1995): scary", "Heat: not scary.", False),
        ("tells: 2: director", "Up is by Pete Docter.", True),
        ("tells: 3: director", "Up is by Pete Docter.", False),
        ("tells: Up (2009): genres", "Up ist eine Komödie.", True),
        ("tells: Alien (1979): year", "Alien – Das unheimliche Wesen: 1979", True),
        ("says: yes | sure; film", "Sure, a film", True),
        ("says: yes | sure; film", "Sure", False),
        ("never: horror | gore", "No HORROR", False),
        ("never: horror | gore", "Fine", True),
    ],
)
def test_what_is_told_is_judged_by_the_records_and_by_words(tmp_path, check, said, met):
    assert judged(tmp_path, check, said, before=[HEAT, UP]) is met


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("hides: Speed (1994)", "not in the catalogue: Speed (1994)"),
        ("tells: Alien (1979): length", "no record of length"),
        ("shows: genres = Western", "0 items"),
        ("shows: title = Speed (1994)", "not in the catalogue: Speed (1994)"),
        ("shows: good", "no want: good"),
        ("shows: year > 1900", None),
        ("tells: 2: cast", None),
    ],
)
def test_what_no_reply_could_do_is_told(tmp_path, check, fault):
    found = list(faults(talks(tmp_path, "## a nurse", "> hi", f"= {check}"), CATALOG))
    assert (fault is None and not found) or re.search(re.escape(str(fault)), found[0])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_the_talks_that_ship_can_be_read_and_are_told_apart(path):
    told = [talk.who for talk in load(path)]
    assert len(told) == len(set(told)) > 0
