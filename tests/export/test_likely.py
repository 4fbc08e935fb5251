from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from bot.likely import Likely
from bot.slate import SlateMaker
from domain.artifact import LIKELY, ArtifactError
from domain.catalog import Catalog, Item, Vocabulary
from domain.preference import Constraint
from export.likely import RIDGE, complete, left_out

CHANCE = np.random.default_rng(0)
FUNNY, TENSE = Constraint("mood", "funny"), Constraint("mood", "tense")


@pytest.fixture(scope="module")
def moods():
    """200 films, half of them comedies that mean one thing, half thrillers that mean another; each of two moods.

    Of the first comedy nothing says that it is funny.
    """
    items, vectors = [], []
    for at in range(200):
        comic = at % 2 == 0
        mood = ("warm", "funny") if comic else ("cold", "tense")
        attributes = {"mood": mood, "genres": ("Comedy" if comic else "Thriller",)}
        items.append(Item(str(at), f"Film {at}", attributes=attributes))
        vectors.append([1.0 if comic else -1.0, 0.0, *CHANCE.normal(0, 0.05, 6)])
    items[0] = replace(items[0], attributes={**items[0].attributes, "mood": ("warm", "odd")})
    return Catalog(items, Vocabulary(ask=("genres",))), np.array(vectors, dtype=np.float32)


@pytest.fixture
def likely(moods, tmp_path):
    catalog, vectors = moods
    assert complete(catalog, vectors, tmp_path / LIKELY) > 0
    return Likely.load(tmp_path / LIKELY)


def test_a_film_that_is_like_funny_ones_is_probably_funny_and_no_other_is(likely):
    columns, chances = likely.chances("mood", "funny")
    assert columns.tolist() == [0]
    assert 0.5 < chances[0] <= 1
    assert likely.surely("mood", "funny").tolist() == [0]
    assert likely.surely("mood", "tense").tolist() == []


def test_an_item_is_predicted_as_if_it_had_not_been_seen():
    features = CHANCE.normal(size=(30, 4)).astype(np.float32)
    had = (CHANCE.random((30, 2)) < 0.4).astype(np.float32)
    wide = np.hstack([features, np.ones((30, 1), dtype=np.float32)])
    others = np.arange(30) != 7
    penalty = RIDGE * np.eye(5)
    weights = np.linalg.solve(wide[others].T @ wide[others] + penalty, wide[others].T @ had[others])
    assert left_out(features, had)[7] == pytest.approx(wide[7] @ weights, abs=1e-4)


def test_of_few_items_nothing_is_learned_and_an_old_file_goes(moods, tmp_path):
    catalog, vectors = moods
    complete(catalog, vectors, tmp_path / LIKELY)
    assert complete(Catalog(list(catalog)[:50], catalog.vocabulary), vectors[:50], tmp_path / LIKELY) == 0
    assert not (tmp_path / LIKELY).exists()
    assert Likely.load(tmp_path / LIKELY).surely("mood", "funny").tolist() == []


def test_who_has_one_value_of_an_attribute_is_told_in_full(moods, tmp_path):
    catalog, vectors = moods
    complete(catalog, vectors, tmp_path / LIKELY)
    values = load_file(tmp_path / LIKELY)["values"]
    told = Likely.load(tmp_path / LIKELY)
    assert len(values)
    assert len(told.chances("genres", "Comedy")[0]) == 0


def test_what_is_probably_funny_is_shown_to_who_wants_that_and_kept_from_who_does_not(moods, likely):
    catalog, _ = moods
    scores = -np.arange(len(catalog), dtype=np.float32)
    told_only, knowing = SlateMaker(catalog), SlateMaker(catalog, likely)
    assert 0 not in told_only.compose(scores, [FUNNY], (), 3).columns
    assert 0 in knowing.compose(scores + np.eye(1, len(catalog), 0, dtype=np.float32)[0] * 1e6, [FUNNY], (), 3).columns
    unwanted = [Constraint("mood", "funny", include=False)]
    assert 0 in told_only.compose(scores, unwanted, (), 3).columns
    assert 0 not in knowing.compose(scores, unwanted, (), 3).columns


def test_a_broken_file_is_refused_in_a_sentence(tmp_path):
    (tmp_path / LIKELY).write_bytes(b"nothing")
    with pytest.raises(ArtifactError, match="probably are cannot be read"):
        Likely.load(tmp_path / LIKELY)
