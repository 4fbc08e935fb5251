import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.plain import escape, split, units

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("M*A*S*H", r"M\*A\*S\*H"),
        ("[free](http://example.org)", r"\[free\](http://example.org)"),
        ("[[a](http://b.org)](http://c.org)", r"\[\[a\](http://b.org)\](http://c.org)"),
        ("<@123> <t:0>", r"\<@123> \<t:0>"),
        ("# big", r"\# big"),
        ("-# small", r"\-# small"),
        ("> quoted", r"\> quoted"),
        ("#1 hit - 5 > 4", "#1 hit - 5 > 4"),
        ("推荐《黑客帝国》", "推荐《黑客帝国》"),
    ],
)
def test_nothing_is_left_that_discord_would_interpret(text, shown):
    assert escape(text) == shown


@given(st.text(alphabet="ab \\*_~`|[]()<>#-\n", max_size=60))
def test_escaping_changes_nothing_that_is_seen(text):
    assert re.sub(r"\\(.)", r"\1", escape(text), flags=re.DOTALL) == text


def test_a_short_text_is_one_piece():
    assert split("Heat fits.") == ["Heat fits."]
    assert split("") == [""]


def test_paragraphs_are_kept_whole_where_they_fit():
    assert split("a" * 60 + "\n\n" + "b" * 60, 100) == ["a" * 60, "b" * 60]


def test_chinese_ends_at_a_sentence_and_never_before_its_mark():
    pieces = split("这部电影很紧张，也不太长。" * 30, 100)
    assert all(piece.endswith("。") for piece in pieces)
    assert "".join(pieces) == "这部电影很紧张，也不太长。" * 30


def test_a_fence_is_closed_and_opened_again():
    pieces = split("```python\n" + "x = 1\n" * 40 + "```\nafter", 100)
    assert len(pieces) > 2
    assert all(piece.count("```") == 2 for piece in pieces[:-1])
    assert all(piece.startswith("```python\n") for piece in pieces[:-1])
    assert pieces[-1].endswith("after")


@pytest.mark.parametrize("whole", ["😀", FAMILY, "👍🏽", "🇫🇷", "é", r"\*"])
def test_what_is_seen_as_one_character_stays_one(whole):
    for lead in range(8):
        pieces = split("x" * lead + whole * 40, 50)
        assert "".join(pieces) == "x" * lead + whole * 40
        assert all(piece.removeprefix("x" * lead).replace(whole, "") == "" for piece in pieces)


@given(st.text(max_size=400), st.integers(20, 120))
def test_no_piece_is_too_long_and_nothing_is_lost(text, limit):
    pieces = split(text.replace("`", ""), limit)
    assert all(units(piece) <= limit for piece in pieces)
    kept = "".join("".join(pieces).split())
    assert kept == "".join(text.replace("`", "").split())


@given(st.text(alphabet="ab\n` ", max_size=300))
def test_fences_never_make_a_piece_too_long(text):
    assert all(units(piece) <= 60 for piece in split(text, 60))
