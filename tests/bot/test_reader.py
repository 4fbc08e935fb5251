"""The exported reader reads messages of any length, and a folder that holds none is refused with a sentence."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from bot.reader import NoReader, OnnxReader, quietly
from domain.artifact import (
    ATTENTION_MASK,
    ENCODER_MODEL,
    ENCODER_TOKENIZER,
    READER_TOKENS,
    TOKEN_IDS,
    ArtifactError,
)
from domain.frame import Act, Flag, Frame, Kind, LastPlan, Mention, Role, Topic
from domain.reading import ACTS, FLAGS, KINDS, LANGUAGES, OF_PIECES, ROLES, SIZES, Reading, frame, spans
from tests.fakes import scored

PIECES = (
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "▁heat",
    "▁hi",
    "▁help",
    "▁recommend",
    "▁start",
    "▁3",
    "heat",
    *"abcdeht3",
)
LOVED, GREETS, HELP, NO_CHOICE = "▁heat", "▁hi", "▁help", -9.0


def tiny_reader(folder: Path, outputs: Sequence[str] = tuple(SIZES)) -> Path:
    """A reader to whom a piece tells all: "heat" is a loved title, "hi" greets, "help" is a low mood."""
    folder.mkdir()
    tokenizer = Tokenizer(models.Unigram([(piece, -float(at)) for at, piece in enumerate(PIECES)], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    ends = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", "<s> $A </s> </s> $B:1 </s>:1", ends)
    tokenizer.save(str(folder / ENCODER_TOKENIZER))
    told = {name: np.full((len(PIECES), size), NO_CHOICE, np.float32) for name, size in SIZES.items()}
    told["tags"][:, 0] = 0
    told["tags"][PIECES.index(LOVED), 1 + 2 * KINDS.index(Kind.TITLE)] = 9
    told["roles"][:, ROLES.index(Role.LIKED)] = 9
    told["acts"][PIECES.index(GREETS), ACTS.index(Act.GREET)] = 9
    told["acts"][PIECES.index("▁recommend"), ACTS.index(Act.CRITIQUE)] = 9
    told["flags"][PIECES.index(HELP), FLAGS.index(Flag.LOW)] = 9
    told["languages"][:, LANGUAGES.index("en")] = 9
    nodes, given, made = [], [], []
    for name in outputs:
        given.append(numpy_helper.from_array(told[name], f"of {name}"))
        each = name if name in OF_PIECES else f"each {name}"
        nodes.append(helper.make_node("Gather", [f"of {name}", TOKEN_IDS], [each]))
        if name not in OF_PIECES:
            nodes.append(helper.make_node("ReduceMax", [each, "pieces"], [name], keepdims=0))
        shape = ["texts", "tokens", SIZES[name]] if name in OF_PIECES else ["texts", SIZES[name]]
        made.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    given.append(numpy_helper.from_array(np.array([1], np.int64), "pieces"))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in (TOKEN_IDS, ATTENTION_MASK)
    ]
    graph = helper.make_graph(nodes, "reader", inputs, made, given)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, folder / ENCODER_MODEL)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reader(tmp_path_factory.mktemp("models") / "reader")


@pytest.fixture(scope="module")
def reader(folder: Path) -> OnnxReader:
    return OnnxReader(folder)


def check(read: Reading, text: str) -> None:
    """That the scores are of pieces of the text, in order."""
    assert read.text == text
    starts, ends = [start for start, _ in read.places], [end for _, end in read.places]
    assert (starts, ends) == (sorted(starts), sorted(ends))
    assert all(0 <= start <= end <= len(text) for start, end in read.places)
    for name, size in SIZES.items():
        assert read.logits[name].shape == ((len(read.places), size) if name in OF_PIECES else (size,))


def test_what_the_model_scores_is_read(reader: OnnxReader) -> None:
    read = reader.read("hi heat", LastPlan())
    check(read, "hi heat")
    found = frame(read)
    assert found.acts == {Act.GREET}
    assert not found.flags
    assert [(m.start, m.end, m.kind, m.role, m.theirs) for m in found.mentions] == [
        (3, 7, Kind.TITLE, Role.LIKED, False)
    ]
    assert found.language == "en"


def test_a_message_is_read_by_what_the_bot_did_and_that_is_no_part_of_it(reader: OnnxReader) -> None:
    read = reader.read("heat", LastPlan("recommend", 3))
    check(read, "heat")
    assert read.acts == {Act.CRITIQUE}
    assert list(read.places) == [(0, 4)]


def test_a_text_of_many_windows_is_read_to_its_end_without_cutting_a_word(reader: OnnxReader) -> None:
    text = "heat " * 798 + "hi help"
    assert len(text) > 3_990 > 4 * READER_TOKENS
    read = reader.read(text, LastPlan())
    check(read, text)
    assert [text[start:end] for start, end in read.places] == text.split()
    assert len(spans(read)) == 798
    assert read.acts == {Act.GREET}
    assert read.flags == {Flag.LOW}


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\n", "heat", " heat\n heat ", "z̸a̶l̷g̸o̷" * 400, "🎬" * 4_000, "来一部恐怖片" * 600, "a" * 4_000,
        "a " * 2_000, " " * 4_000, "👩‍👩‍👧‍👦 heat " * 300, "heat" + " " * 3_990 + "hi", "\u200b" * 500, "\0",
        "e\u0301" * 2_000,
    ],
)  # fmt: skip
def test_any_text_is_read_to_its_end(reader: OnnxReader, text: str) -> None:
    read = reader.read(text, LastPlan("recommend", 3, "kind"))
    check(read, text)
    covered = {at for start, end in read.places for at in range(start, end)}
    assert {at for at, character in enumerate(text) if not character.isspace()} <= covered
    assert len(frame(read).mentions) == text.split().count("heat")


def test_a_folder_without_a_reader_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"the reader in .*nowhere cannot be loaded"):
        OnnxReader(tmp_path / "nowhere")


@pytest.mark.parametrize("file", [ENCODER_MODEL, ENCODER_TOKENIZER])
@pytest.mark.parametrize("content", [None, b"", b"no model", b"{}", b"\xff\xfe\x00", b'{"version": "1.0"}'])
def test_a_broken_reader_is_refused(folder: Path, tmp_path: Path, file: str, content: bytes | None) -> None:
    for whole in folder.iterdir():
        (tmp_path / whole.name).write_bytes(whole.read_bytes())
    (tmp_path / file).unlink() if content is None else (tmp_path / file).write_bytes(content)
    with pytest.raises(ArtifactError, match=r"the reader in .* cannot be loaded"):
        OnnxReader(tmp_path)


@pytest.mark.parametrize("outputs", [tuple(SIZES)[:-1], tuple(reversed(SIZES)), ("tags",)])
def test_a_reader_of_another_version_is_refused(tmp_path: Path, outputs: tuple[str, ...]) -> None:
    with pytest.raises(ArtifactError, match="of another version: build the artifact again"):
        OnnxReader(tiny_reader(tmp_path / "reader", outputs))


def test_without_a_reader_every_word_may_be_a_title_that_is_liked() -> None:
    read = NoReader().read("Heat, or 来一部?", LastPlan("ask", 0, "title"))
    check(read, "Heat, or 来一部?")
    assert [read.text[start:end] for start, end in read.places] == ["Heat", "or", "来", "一", "部"]
    found = frame(read)
    assert not found.mentions
    assert found.acts == {Act.REQUEST, Act.INFORM}
    assert not found.flags
    assert 0.2 < read.probability(Kind.TITLE, 0, 4) < 0.5
    assert read.mention(0, 4, Kind.TITLE).role is Role.LIKED
    assert not read.mention(0, 4, Kind.TITLE).theirs


@pytest.mark.parametrize(("text", "language"), [("我喜欢 Heat", "zh"), ("I loved Heat", "en"), ("", "en")])
def test_without_a_reader_chinese_is_known_by_its_characters(text: str, language: str) -> None:
    assert frame(NoReader().read(text, LastPlan())).language == language


@pytest.mark.parametrize("text", ["", "😀", "?"])
def test_without_a_reader_a_text_without_words_says_nothing(text: str) -> None:
    read = NoReader().read(text, LastPlan())
    check(read, text)
    assert not frame(read).mentions


class OneQuestion(OnnxReader):
    """Sees one question at a time: the first word that asks."""

    def __init__(self) -> None:
        pass

    def _whole(self, text: str, after: LastPlan) -> Reading:
        asks = next((word for word in ("who", "how", "where") if word in text), "")
        start = text.index(asks)
        asked = (Mention(start, start + len(asks), Kind.QUESTION, topic=Topic.CAST),) if asks else ()
        return scored(text, Frame(frozenset({Act.ASK}) if asks else frozenset({Act.CHAT}), asked))


def test_of_several_questions_each_is_read() -> None:
    told = frame(OneQuestion().read("love that one. who is in it, how long is it? where is it from", LastPlan()))
    assert len(told.mentions) == 3
    assert {m.kind for m in told.mentions} == {Kind.QUESTION}


def test_two_questions_with_a_joint_between_are_both_read() -> None:
    told = frame(OneQuestion().read("who is in that one and how long is it", LastPlan()))
    assert len(told.mentions) == 2


class Chatty(OneQuestion):
    """Sees no question where somebody says "loved"."""

    def _whole(self, text: str, after: LastPlan) -> Reading:
        return scored(text, Frame(frozenset({Act.CHAT}))) if "loved" in text else super()._whole(text, after)


def test_what_ends_with_a_question_mark_is_read_by_itself_where_nothing_was_asked() -> None:
    told = frame(Chatty().read("loved that one. who is in it?", LastPlan()))
    assert (len(told.mentions), told.acts) == (1, {Act.CHAT, Act.ASK})
    assert not frame(Chatty().read("loved that one. who is in it", LastPlan())).mentions


def test_what_asks_nothing_is_read_once() -> None:
    told = frame(OneQuestion().read("love that one. thank you, good night", LastPlan()))
    assert told.acts == {Act.CHAT}
    assert not told.mentions


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("i said FUNNY, NOT a cartoon", "i said funny, not a cartoon"),
        ("ÜBERHAUPT NICHT", "überhaupt nicht"),
        ("OK so McDonald in WALL-E", "OK so McDonald in wall-E"),
        ("恐怖片 is Horror", "恐怖片 is Horror"),
    ],
)
def test_what_is_shouted_is_read_in_small_letters(text: str, read: str) -> None:
    assert quietly(text) == read


def test_what_is_shouted_stays_as_it_was_written(reader: OnnxReader) -> None:
    assert reader.read("HORROR", LastPlan()).text == "HORROR"
    assert np.array_equal(
        reader.read("HORROR", LastPlan()).logits["tags"], reader.read("horror", LastPlan()).logits["tags"]
    )
