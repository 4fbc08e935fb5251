"""Dialogues teach which items go together and which words ask for them; what is exported says the same."""

import json
import random

import numpy as np
import pytest
from scipy import sparse

from bot.evidence import NoEvidence, OnnxEvidence
from domain.artifact import ArtifactError
from domain.catalog import Catalog
from domain.evidence import Said
from export.evidence import export
from training.evidence import Config, Trainer, asked, largest, load, read_dialogues, save, together
from training.recommender import TrainingError

QUICK = Config(folds=2, epochs=8, least_words=2, least_phrases=2, neighbours=24, hard=4, easy=8)


def dialogues(catalog: Catalog) -> list[list[Said]]:
    """Heat leads to Fargo; "robots" leads to the second item, "laugh" to the third."""
    heat, fargo = catalog.column("6"), catalog.column("608")
    chance = random.Random(0)
    found = []
    for _ in range(60):
        word, wanted = chance.choice([("robots", 1), ("laugh", 2)])
        found.append([Said(True, f"something with {word}"), Said(False, "try this", (wanted,))])
        found.append([Said(True, "I loved", (heat,)), Said(False, "then this", (fargo,))])
    return found


@pytest.fixture(scope="module")
def learned(catalog, tmp_path_factory):
    folder = tmp_path_factory.mktemp("evidence")
    trainer = Trainer(catalog, dialogues(catalog), sparse.csr_matrix((1, len(catalog)), dtype=np.float32), QUICK)
    fusion, loss = trainer.fit(lambda some: np.zeros((len(some), len(catalog)), dtype=np.float32))
    tables, popular = trainer.tables(np.ones(len(trainer.dialogues), dtype=bool))
    save(folder / "learned", catalog, trainer.lexicon, tables, popular, fusion, 1.0, {"loss": loss})
    catalog.save(folder / "catalog.json")
    export(folder / "learned", folder)
    return folder


def best(evidence, catalog, said, banned=()):
    scores = evidence.fuse(np.zeros(len(catalog), dtype=np.float32), said)
    scores[list(banned)] = -np.inf
    return int(scores.argmax())


def test_items_and_words_that_were_said_decide(learned, catalog):
    evidence = OnnxEvidence(learned)
    heat = catalog.column("6")
    assert best(evidence, catalog, [Said(True, "I liked", (heat,))], banned=(heat,)) == catalog.column("608")
    assert best(evidence, catalog, [Said(True, "robots please")]) == 1
    assert best(evidence, catalog, [Said(True, "make me laugh")]) == 2


def test_scores_of_the_recommender_count_where_nothing_is_said(learned, catalog):
    evidence = OnnxEvidence(learned)
    scores = np.zeros(len(catalog), dtype=np.float32)
    scores[7] = 50.0
    flat = evidence.fuse(np.zeros(len(catalog), dtype=np.float32), [])
    assert evidence.fuse(scores, [])[7] > flat[7]


def test_evidence_is_carried_over_to_another_catalogue(learned, catalog):
    other = Catalog(list(catalog)[::-1], catalog.vocabulary)
    module, lexicon, _ = load(learned / "learned", other)
    assert "robots" in lexicon.words
    assert module.get_buffer("popular").shape == (len(other),)
    half = Catalog(list(catalog)[:3], catalog.vocabulary)
    assert load(learned / "learned", half)[0].get_buffer("popular").shape == (3,)


def test_evidence_of_other_items_is_refused(learned, catalog, tmp_path):
    strange = Catalog([type(catalog[0])("x", "X"), type(catalog[0])("y", "Y")], catalog.vocabulary)
    with pytest.raises(TrainingError, match="none"):
        load(learned / "learned", strange)
    with pytest.raises(TrainingError, match="holds no evidence"):
        load(tmp_path, catalog)
    with pytest.raises(ArtifactError):
        OnnxEvidence(tmp_path)


def test_dialogues_that_are_none_are_refused(tmp_path, catalog):
    path = tmp_path / "dialogues.jsonl"
    path.write_text("")
    with pytest.raises(TrainingError, match="no dialogues"):
        read_dialogues(path, catalog.column)
    path.write_text('{"messages": [{"by": "person"}]}\n')
    with pytest.raises(TrainingError, match="no dialogues"):
        read_dialogues(path, catalog.column)
    path.write_text(json.dumps({"messages": [{"by": "person", "text": "hi", "items": ["6", "nowhere"]}]}) + "\n")
    assert read_dialogues(path, catalog.column) == [[Said(True, "hi", (catalog.column("6"),))]]


def test_without_evidence_the_recommender_decides(catalog):
    scores = np.arange(len(catalog), dtype=np.float32)
    assert NoEvidence().fuse(scores, []) is scores


def test_together_is_ridge_regression_without_the_item_itself():
    """Each column solves min |x - X b|^2 + ridge |b|^2 with its own entry 0 (the constrained least squares)."""
    rng = np.random.default_rng(0)
    seen = (rng.random((40, 6)) < 0.4).astype(np.float32)
    weights = together(sparse.csr_matrix(seen), np.zeros((6, 6), dtype=np.float32), 3.0)
    for item in range(6):
        rest = [i for i in range(6) if i != item]
        solved = np.linalg.solve(seen[:, rest].T @ seen[:, rest] + 3 * np.eye(5), seen[:, rest].T @ seen[:, item])
        np.testing.assert_allclose(weights[rest, item], solved, atol=1e-4)
        assert weights[item, item] == 0


def test_only_the_largest_entries_of_a_row_are_kept():
    table = np.array([[1, -5, 2, 0], [0, 0, 3, 0]], dtype=np.float32)
    np.testing.assert_array_equal(largest(table, 2).toarray(), [[0, -5, 2, 0], [0, 0, 3, 0]])
    np.testing.assert_array_equal(largest(sparse.csr_matrix(table), 2).toarray(), largest(table, 2).toarray())


def test_words_speak_for_what_was_recommended_after_them():
    words = sparse.csr_matrix(np.repeat(np.eye(2, dtype=np.float32), 10, axis=0))
    targets = sparse.csr_matrix(np.repeat(np.array([[0, 1, 0], [0, 0, 1]], dtype=np.float32), 10, axis=0))
    table = asked(words, targets, 1.0, 3).toarray()
    assert table[0].argmax() == 1
    assert table[1].argmax() == 2
