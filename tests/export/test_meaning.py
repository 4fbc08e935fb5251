"""What items mean and the words by which they are found are written; what was read before is not read again."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.encoder import OnnxEncoder
from bot.search import Search
from domain.artifact import DESCRIBED_VALUES, DESCRIPTIONS, MEANING, MEANING_OF_VALUES, SEARCH_WORDS
from domain.catalog import Catalog, Vocabulary
from domain.searching import PREFIX
from export import meaning, search_encoder
from export.meaning import export
from tests.fakes import tiny_encoder
from training import embedding
from training.dataset import VOCABULARY, read_items
from training.embedding import Vectors, digest, read_all, read_cache, write_cache

HEADER = "item_id,title,year,genres,description,remembered\n"
HEAT = "6,Heat,1995,Crime|Drama,A thief and a detective.,coffee in the diner\n"
FARGO = "608,Fargo,1996,Crime,A car salesman.,\n"
JAWS = "1387,Jaws,1975,Drama,A shark.,\n"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder, exported as the true one is."""
    folder = tmp_path_factory.mktemp("encoder")
    words = f"{PREFIX} Heat. Fargo. Jaws. Crime, Drama. Crime. A thief and a detective. coffee in the diner shark. car"
    raw = tiny_encoder(folder / "raw", " ".join((words, *search_encoder.PROBES)))
    search_encoder.convert(raw, folder / "made")
    return folder / "made"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were read and not taken from the cache."""
    told: list[str] = []

    def read(folder: Path, texts: Sequence[str]) -> Vectors:
        told.extend(texts)
        return read_all(folder, texts)

    monkeypatch.setattr(meaning, "read_all", read)
    return told


def items(folder: Path, *lines: str) -> Path:
    (folder / "items.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    return folder / "items.csv"


def test_a_row_tells_what_all_texts_of_an_item_mean(tmp_path: Path, encoder: Path) -> None:
    assert export(items(tmp_path, HEAT, FARGO), encoder, tmp_path / "out", tmp_path / "cache.npz") == 3
    vectors = np.load(tmp_path / "out" / MEANING)
    assert (vectors.shape, vectors.dtype) == ((2, 64), np.float16)
    np.testing.assert_allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1, atol=2e-3)
    served = OnnxEncoder(encoder)
    told = "Heat. A thief and a detective."  # hardly any genre is shared by these two
    one, other = (served.read(PREFIX + text).whole for text in (told, "coffee in the diner"))
    mean = (one + other) / np.linalg.norm(one + other)
    assert vectors[0].astype(np.float32) @ mean > 0.999
    assert one @ mean < 0.999
    assert vectors[1].astype(np.float32) @ mean < 0.999


def test_the_words_of_the_items_are_indexed(tmp_path: Path, encoder: Path) -> None:
    export(items(tmp_path, HEAT, FARGO), encoder, tmp_path / "out", tmp_path / "cache.npz")
    (tmp_path / "out" / MEANING).unlink()
    search = Search.load(tmp_path / "out", Catalog(read_items(tmp_path / "items.csv")))
    assert search.find("salesman", "salesman").scores.argmax() == 1
    assert search.find("diners", "diners").scores.argmax() == 0
    assert (tmp_path / "out" / SEARCH_WORDS).is_dir()


def test_the_words_of_the_domain_are_read(tmp_path: Path, encoder: Path) -> None:
    (tmp_path / VOCABULARY).write_text(json.dumps({"noun": ["film"]}), encoding="utf-8")
    with pytest.raises(ValueError, match=VOCABULARY):
        export(items(tmp_path, HEAT), encoder, tmp_path / "out", tmp_path / "cache.npz")


def test_only_what_is_new_is_read(tmp_path: Path, encoder: Path, asked: list[str]) -> None:
    out, cache = tmp_path / "out", tmp_path / "kept" / "cache.npz"
    assert export(items(tmp_path, HEAT, FARGO), encoder, out, cache) == len(asked) == 3
    first = np.load(out / MEANING)
    asked.clear()
    assert export(items(tmp_path, HEAT, FARGO), encoder, out, cache) == 0
    assert not asked
    np.testing.assert_array_equal(np.load(out / MEANING), first)
    assert export(items(tmp_path, HEAT, JAWS, FARGO), encoder, out, cache) == 1
    assert [text.split(".")[0] for text in asked] == ["Jaws"]
    np.testing.assert_array_equal(np.load(out / MEANING)[[0, 2]], first)


def test_what_is_kept_gives_what_is_read_anew(tmp_path: Path, encoder: Path) -> None:
    for order, name in (((HEAT, FARGO), "kept"), ((FARGO, HEAT), "kept"), ((FARGO, HEAT), "anew")):
        export(items(tmp_path, *order), encoder, tmp_path / "out" / name, tmp_path / f"{name}.npz")
    kept, anew = (np.load(tmp_path / "out" / name / MEANING) for name in ("kept", "anew"))
    np.testing.assert_array_equal(kept, anew)


def test_what_no_item_says_any_more_is_not_kept(tmp_path: Path, encoder: Path) -> None:
    cache = tmp_path / "cache.npz"
    export(items(tmp_path, HEAT, FARGO), encoder, tmp_path / "out", cache)
    export(items(tmp_path, FARGO), encoder, tmp_path / "out", cache)
    assert set(read_cache(cache)) == {digest("Fargo. A car salesman.")}


def test_a_text_of_several_items_is_read_once(tmp_path: Path, encoder: Path, asked: list[str]) -> None:
    again = HEAT.replace("6,", "7,", 1)
    assert export(items(tmp_path, HEAT, again), encoder, tmp_path / "out", tmp_path / "cache.npz") == 2
    assert len(asked) == 2


def test_a_text_means_the_same_whatever_is_read_beside_it(encoder: Path) -> None:
    alone, beside = read_all(encoder, ["a shark"]), read_all(encoder, ["a shark", "coffee " * 30])
    np.testing.assert_array_equal(alone[digest("a shark")], beside[digest("a shark")])


def test_of_a_long_text_the_beginning_is_read(encoder: Path) -> None:
    shark, long = "shark. " * embedding.TOKENS, "shark. " * embedding.TOKENS + "coffee " * 300
    found = read_all(encoder, [shark, long])
    np.testing.assert_array_equal(found[digest(shark)], found[digest(long)])


def test_how_far_it_is_is_told(
    encoder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedding, "EACH", 2)
    read_all(encoder, ["a", "b", "c", "d", "e"])
    told = [json.loads(line)["done"] for line in capsys.readouterr().out.splitlines()]
    assert told == pytest.approx([0.4, 0.8])


def test_the_cache_gives_back_what_it_was_given(tmp_path: Path) -> None:
    vectors = {digest(text): np.full(4, number, dtype=np.float16) for number, text in enumerate("abc")}
    write_cache(tmp_path / "kept" / "cache.npz", vectors)
    found = read_cache(tmp_path / "kept" / "cache.npz")
    assert found.keys() == vectors.keys()
    assert all((found[key] == vector).all() and found[key].dtype == np.float16 for key, vector in vectors.items())
    assert [p.name for p in (tmp_path / "kept").iterdir()] == ["cache.npz"]


@pytest.mark.parametrize("content", [None, b"these are no vectors"])
def test_a_broken_cache_is_made_anew(tmp_path: Path, encoder: Path, content: bytes | None) -> None:
    cache = tmp_path / "cache.npz"
    if content is not None:
        cache.write_bytes(content)
    assert export(items(tmp_path, FARGO), encoder, tmp_path / "out", cache) == 1
    assert len(read_cache(cache)) == 1


def test_an_empty_cache_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "cache.npz").write_bytes(b"")
    assert read_cache(tmp_path / "cache.npz") == {}


def test_items_that_cannot_be_used_are_one_sentence(
    tmp_path: Path, encoder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = items(tmp_path, FARGO, FARGO)
    given = ["--items", str(file), "--encoder", str(encoder), "--out", str(tmp_path / "out")]
    assert meaning.main([*given, "--cache", str(tmp_path / "cache.npz")]) == 2
    assert capsys.readouterr().err.strip() == f"{file}, line 3: item_id '608' was there before"
    assert not (tmp_path / "out").exists()


def test_the_command_tells_how_many_texts_were_new(
    tmp_path: Path, encoder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--items", str(items(tmp_path, HEAT)), "--encoder", str(encoder), "--out", str(tmp_path / "out")]
    assert meaning.main([*given, "--cache", str(tmp_path / "cache.npz")]) == 0
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert last == {"stage": "export.meaning", "done": 1, "say": "items are embedded and indexed, 2 new texts"}


def test_what_values_mean_is_written_where_the_catalogue_has_some(tmp_path: Path, encoder: Path) -> None:
    lines = (
        HEAT,
        FARGO,
        JAWS,
        "1,Up,2009,Crime,A house.,\n",
        "2,It,1990,Drama,A clown.,\n",
        "3,Us,2019,Drama,Twins.,\n",
    )
    table, out = items(tmp_path, *lines), tmp_path / "out"
    export(table, encoder, out, tmp_path / "cache.npz")
    assert not (out / MEANING_OF_VALUES).exists()
    plain = Vocabulary(ask=("genres",), synonyms={"car": (("genres", "Crime"),)}).to_json()
    (tmp_path / VOCABULARY).write_text(json.dumps(plain), encoding="utf-8")
    assert export(table, encoder, out, tmp_path / "cache.npz") == 3  # crime; crime, car; drama: the last one twice
    vectors = np.load(out / MEANING_OF_VALUES)
    assert vectors.shape == (2, 64)
    served = OnnxEncoder(encoder)
    crime = served.read(f"{PREFIX}crime").whole + served.read(f"{PREFIX}crime, car").whole
    np.testing.assert_allclose(vectors[0], crime / np.linalg.norm(crime), atol=2e-2)


def test_the_layer_of_descriptions_goes_where_the_catalogue_has_a_value_of_it(tmp_path: Path, encoder: Path) -> None:
    tensors = {
        "weight": np.zeros((2, 64), np.float16),
        "bias": np.zeros(2, np.float16),
        "center": np.zeros(64, np.float16),
    }
    table, out = items(tmp_path, HEAT, FARGO), tmp_path / "out"
    for value, there in (("Crime", True), ("Gardening", False)):
        save_file(tensors, tmp_path / DESCRIPTIONS, {DESCRIBED_VALUES: json.dumps([("genres", value)])})
        export(table, encoder, out, tmp_path / "cache.npz", tmp_path)
        assert (out / DESCRIPTIONS).is_file() == there
