import json
import random

import numpy as np
import pytest

from domain.linking import WEIGHTS, Linker
from training import linking
from training.corruption import corrupt
from training.linking import Namesakes, examples, f1, fit, typed


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


@pytest.fixture
def dialogues():
    names = {"11": "Heat (1995)", "22": "Fargo (1996)", "33": "Up (2009)"}
    texts = ["I loved @11", "have you seen @22 ?", "@33 is great", "it was up to me to turn up the heat", "no idea"] * 8
    return [{"movieMentions": names, "messages": [{"text": text} for text in texts]}]


def test_runs_of_words_are_titles_where_a_mark_stood(catalog, dialogues):
    x, y = examples(catalog, dialogues, seed=0)
    assert x.shape == (len(y), len(WEIGHTS))
    # 8 times 3 marks, of which some are typed beyond recognition; "it", "up" and "heat" of the fourth text are none.
    assert 18 <= y.sum() <= 24
    assert len(y) - y.sum() >= 3 * 8


def test_the_weights_that_are_fitted_tell_titles_from_words(catalog, dialogues):
    x, y = examples(catalog, dialogues, seed=0)
    assert f1(x @ fit(x, y), y) > 0.8 > 0.7 > f1(np.ones(len(y)), y)


def test_namesakes_are_told_by_id_and_title_or_by_title_and_year(catalog):
    namesakes = Namesakes(catalog)
    assert namesakes.item("6", "Heat").item_id == "6"
    assert namesakes.item("11", "Titanic (1953)").item_id == "3404"
    assert namesakes.item("6", "Some Other Film (2001)") is None


def test_the_command_prints_a_weight_for_every_name(catalog, dialogues, tmp_path, capsys):
    catalog.save(tmp_path / "catalog.json")
    (tmp_path / "d.jsonl").write_text(json.dumps(dialogues[0]) + "\n")
    arguments = ["--dialogues", str(tmp_path / "d.jsonl"), "--catalog", str(tmp_path / "catalog.json")]
    assert linking.main(arguments) == 0
    printed = capsys.readouterr().out
    assert all(f'"{name}": ' in printed for name in WEIGHTS)
    assert linking.main([*arguments[:1], str(tmp_path / "none"), *arguments[2:]]) == 2


def test_a_linker_of_the_shipped_weights_finds_what_is_typed(catalog):
    linker, chance = Linker(catalog), random.Random(1)
    names = {"6": "Heat (1995)", "2028": "Saving Private Ryan (1998)", "356": "Forrest Gump (1994)"}
    found = 0
    for n in range(60):
        item_id = list(names)[n % 3]
        message = typed(f"I really liked @{item_id} , you know", names, chance)
        found += [catalog[s.columns[0]].item_id for s in linker.link(message.text)] == [item_id]
    assert found >= 50
