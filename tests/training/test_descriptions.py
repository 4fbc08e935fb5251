"""Phrases are read whole or refused, and a layer learns what they mean."""

from pathlib import Path

import numpy as np
import pytest

from training.dataset import DataError
from training.descriptions import FOLDER, NONE, Phrase, known_phrases, labels, learn, load, targets

UNSEEN = Path(__file__).parent.parent / "descriptions"


def test_all_phrases_can_be_used_and_every_value_has_some() -> None:
    phrases = [*load(sorted(FOLDER.glob("*.tsv"))), *known_phrases()]
    assert len(phrases) > 20_000
    told = {value for phrase in phrases for value in phrase.values}
    assert {value for value in labels() if value[0] in ("theme", "mood", "genres")} <= told
    assert any(not phrase.values for phrase in phrases)


def test_no_message_of_the_test_is_learned_from() -> None:
    learned = {phrase.text.casefold() for phrase in load(sorted(FOLDER.glob("*.tsv")))}
    unseen = list(load(sorted(UNSEEN.glob("*.tsv"))))
    assert len(unseen) > 900
    assert not [phrase.text for phrase in unseen if phrase.text.casefold() in learned]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("theme: heist\ten", "tabs between"),
        ("theme: heist\ten\t ", "tabs between"),
        ("theme: knitting\ten\twool", "no value 'theme: knitting'"),
        ("theme: heist; heist\ten\tthe big job", "no value 'heist'"),
        ("theme: heist\txx\tthe big job", "'xx' is no language"),
        ("theme: heist\ten\tOne last job", "stands in phrases.tsv, line 1 too"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, wrong: str) -> None:
    path = tmp_path / "phrases.tsv"
    path.write_text(f"theme: heist\ten\tone last job\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"phrases.tsv, line 2: .*{wrong}"):
        list(load([path]))


def test_a_layer_learns_which_value_is_meant_and_when_none_is() -> None:
    values = (("theme", "heist"), ("theme", "robots"))
    chance = np.random.default_rng(0)
    near = np.eye(3, 8, dtype=np.float32)
    phrases = [Phrase("", "en", values[at : at + 1]) for at in (0, 1, 2) for _ in range(40)]
    meant = np.stack([near[at // 40] + chance.normal(0, 0.1, 8).astype(np.float32) for at in range(120)])
    weight, bias, center = learn(meant, targets(phrases, values))
    moved = near - center
    logits = moved / np.linalg.norm(moved, axis=1, keepdims=True) @ weight.astype(np.float32).T + bias
    assert list(logits.argmax(1)) == [0, 1, 2]


def test_two_values_of_a_phrase_share_it_and_none_is_a_value_of_its_own() -> None:
    values = (("theme", "heist"), ("theme", "robots"))
    rows = targets([Phrase("robots rob a bank", "en", values), Phrase("a plumber", "en", ())], values)
    np.testing.assert_allclose(rows, [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert NONE == "none"
