"""Titles as people type them."""

import random

from training.corruption import corrupt, typed


def test_titles_are_typed_as_people_type_them():
    chance = random.Random(0)
    typings = {corrupt("The Lord of the Rings: The Two Towers (2002)", chance) for _ in range(300)}
    assert any("2002" in text for text in typings)
    assert any(text.lower().startswith("lord of the rings") for text in typings)
    assert any(text == text.lower() for text in typings)
    assert any("two towers" not in text.lower() for text in typings)
    assert all(text.strip() for text in typings)


def test_marks_are_replaced_and_their_spans_known():
    message = typed("I loved @6, and @99 too", {"6": "Heat (1995)"}, random.Random(3))
    ((start, end, item_id),) = message.spans
    assert item_id == "6"
    assert message.text[:start] == "I loved "
    assert message.text[end:] == ", and @99 too"
