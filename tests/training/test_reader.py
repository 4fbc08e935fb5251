"""The reader learns from annotated messages: what each piece should be told to be, variations of them, and figures."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertModel

from domain.artifact import ENCODER_TOKENIZER, READER_TOKENS, READER_WEIGHTS
from domain.frame import Act, Flag, Frame, Kind, LastPlan, Mention, Role, Topic
from domain.reading import ACTS, FLAGS, LANGUAGES, OF_PIECES, ROLES, SIZES, TAGS, TOPICS, frame
from export.reader import loaded
from tests.fakes import tiny_encoder
from training import reader
from training.annotation import FOLDER, Annotated, load, parse
from training.reader import (
    IGNORED,
    Batches,
    Config,
    Lesson,
    Network,
    Pieces,
    Tuned,
    collate,
    cries,
    difference,
    is_held_out,
    labels,
    loss_of,
    restore,
    scored,
    tuned,
    write,
)
from training.wheels import SetUpError

CONFIG = Config(learning_rate=3e-3, head_rate=1e-1, dropout=0.0, epochs=16, batch=8)
LINES = (
    "start | greet | hi",
    "start | leave | bye",
    "start | inform | i loved {heat|title liked}",
    "start | inform | he loved {heat|title liked theirs}",
    "recommend 3 | ask | {how long|question length} is {heat|title asked} ?",
    "recommend 3 | critique low | too sad",
)
MESSAGES = [parse(line, "any", "en") for line in LINES]
LESSONS = [Lesson(message) for message in MESSAGES] * 8
KNOWN = "start recommend 3 hi bye i he loved heat how long is ? too sad"


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """More wait for each other, where a step takes a millisecond."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoder(tmp_path_factory.mktemp("models") / "tiny", KNOWN)


@pytest.fixture(scope="module")
def pieces(raw: Path) -> Pieces:
    return Pieces(raw / ENCODER_TOKENIZER)


@pytest.fixture(scope="module")
def trained(raw: Path) -> Network:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "names", dict)  # reads what is known of the films
        return reader.fit(raw, LESSONS, CONFIG)


def told(message: Annotated, places: Sequence[tuple[int, int]]) -> dict[str, list[str]]:
    """The labels of pieces by name; a dot where there is nothing to say."""
    names = {
        "tags": TAGS,
        "roles": [r.value for r in ROLES],
        "topics": [t.value for t in TOPICS],
        "theirs": "no yes".split(),
    }
    found = labels(message, places)
    return {output: [names[output][at] if at != IGNORED else "." for at in row] for output, row in found.items()}


def test_a_piece_is_told_what_it_begins_or_goes_on_with() -> None:
    message = parse("start | inform ask | {he|question cast} saw {toy story|title seen theirs}", "any", "en")
    assert told(message, [(0, 2), (3, 6), (7, 10), (11, 16)]) == {
        "tags": ["B-question", "O", "B-title", "I-title"],
        "roles": [".", ".", "seen", "seen"],
        "theirs": [".", ".", "yes", "yes"],
        "topics": ["cast", ".", ".", "."],
    }


def test_a_count_has_no_role_to_learn() -> None:
    message = parse("start | request | {two|count wanted} {comedies|value wanted}", "any", "en")
    found = told(message, [(0, 3), (4, 12)])
    assert found["tags"] == ["B-count", "B-value"]
    assert (found["roles"], found["theirs"]) == ([".", "wanted"], [".", "no"])


def test_a_piece_that_reaches_into_a_mention_is_part_of_it_and_an_empty_one_is_not() -> None:
    message = parse("start | request | a {comedy|value wanted} now", "any", "en")
    assert told(message, [(0, 4), (4, 8), (8, 8), (9, 12)])["tags"] == ["B-value", "I-value", "O", "O"]


def test_the_last_plan_comes_before_the_pieces_of_a_message(pieces: Pieces) -> None:
    ids, places, before = pieces(LastPlan("recommend", 3), "i loved heat")
    assert places == [(0, 1), (2, 7), (8, 12)]
    assert before == 2
    assert ids[before:] == pieces(LastPlan(), "i loved heat")[0][1:]


@pytest.mark.parametrize("text", ["", "heat " * 1_000])
def test_of_a_message_as_much_is_learned_from_as_is_read_at_a_time(pieces: Pieces, text: str) -> None:
    ids, places, before = pieces(LastPlan("recommend", 3), text)
    assert len(ids) == before + len(places) == min(READER_TOKENS, 2 + len(text.split()))


def test_a_batch_is_padded_and_says_what_is_known(pieces: Pieces) -> None:
    cry = Lesson(Annotated("too sad", Frame(frozenset({Act.TROUBLE}), language="it"), LastPlan(), "any", ""), True)
    batch = collate([Lesson(MESSAGES[3]), Lesson(MESSAGES[5]), cry], pieces)
    assert batch["ids"].shape == batch["mask"].shape == (3, 4)
    assert batch["mask"].sum(1).tolist() == [4, 4, 3]
    assert all(batch[name].shape == (3, 4) for name in OF_PIECES)
    assert batch["tags"].tolist() == [
        [IGNORED, 0, 0, TAGS.index("B-title")],
        [IGNORED, IGNORED, 0, 0],
        [IGNORED] * 4,
    ]
    assert batch["theirs"][0, 3] == 1
    assert batch["acts"].argmax(1).tolist() == [ACTS.index(act) for act in (Act.INFORM, Act.CRITIQUE, Act.TROUBLE)]
    assert batch["flags"].sum(1).tolist() == [0, 1, 0]
    assert batch["flags"][1, FLAGS.index(Flag.LOW)] == 1
    assert batch["languages"].tolist() == [LANGUAGES.index("en"), LANGUAGES.index("en"), LANGUAGES.index("xx")]
    assert batch["acts_known"][:2].min() == batch["flags_known"][:2].min() == 1
    assert batch["flags_known"][2].sum() == 0
    assert batch["acts_known"][2].nonzero().tolist() == [[ACTS.index(Act.TROUBLE)]]


def outputs(rows: int, pieces: int) -> list[torch.Tensor]:
    return [torch.zeros((rows, pieces, size) if name in OF_PIECES else (rows, size)) for name, size in SIZES.items()]


def test_of_a_cry_for_help_nothing_else_is_learned(pieces: Pieces) -> None:
    lesson = Lesson(Annotated("too sad", Frame(frozenset({Act.TROUBLE})), LastPlan(), "any", ""), trouble_only=True)
    batch = collate([lesson], pieces)
    even, else_, trouble = outputs(1, 3), outputs(1, 3), outputs(1, 3)
    at = list(SIZES).index("acts")
    else_[at][0, ACTS.index(Act.CHAT)] = else_[at - 1][0, 0, 0] = else_[at + 1][0, 0] = 9
    trouble[at][0, ACTS.index(Act.TROUBLE)] = 9
    assert loss_of(else_, batch) == loss_of(even, batch)
    assert loss_of(trouble, batch) < loss_of(even, batch)


def test_every_output_adds_to_the_loss(pieces: Pieces) -> None:
    batch = collate([Lesson(message) for message in MESSAGES], pieces)
    even = loss_of(outputs(*batch["ids"].shape), batch)
    assert torch.isfinite(even)
    for at, name in enumerate(SIZES):
        wrong = outputs(*batch["ids"].shape)
        wrong[at] += 50 * torch.randn(wrong[at].shape, generator=torch.Generator().manual_seed(at))
        assert loss_of(wrong, batch) > even, name


def test_two_readings_of_the_same_messages_differ_by_nothing_if_they_are_alike(pieces: Pieces) -> None:
    batch = collate([Lesson(message) for message in (*MESSAGES, *MESSAGES)], pieces)
    torch.manual_seed(0)
    half = [torch.randn(output.shape) for output in outputs(len(MESSAGES), batch["ids"].shape[1])]
    alike = [torch.cat([output, output]) for output in half]
    assert difference(alike, batch) == 0
    for at, name in enumerate(SIZES):
        other = [output.clone() for output in alike]
        other[at][: len(MESSAGES)] += torch.randn(half[at].shape)
        assert (difference(other, batch) > 0) == (name not in ("theirs", "languages")), name


def test_the_loss_falls_until_all_is_read_as_it_was_annotated(raw: Path, pieces: Pieces, trained: Network) -> None:
    torch.manual_seed(0)
    encoder = BertModel.from_pretrained(raw, add_pooling_layer=False)
    untrained = Network(encoder, int(encoder.config.hidden_size)).eval()
    batch = collate(LESSONS, pieces)
    with torch.inference_mode():
        before, after = (loss_of(network(batch["ids"], batch["mask"]), batch) for network in (untrained, trained))
    assert after < before / 4
    pairs = [(m.frame, frame(reader.read(trained, pieces, m.after, m.text))) for m in MESSAGES]
    assert scored(pairs) == dict.fromkeys(scored(pairs), 1.0)


def test_what_was_learned_is_written_small_and_read_by_the_export(
    raw: Path, pieces: Pieces, trained: Network, tmp_path: Path
) -> None:
    write(trained, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {READER_WEIGHTS}
    differences = sum(p.numel() for name, p in trained.named_parameters() if name.endswith("difference"))
    others = sum(p.numel() for name, p in trained.named_parameters() if not name.endswith("difference"))
    assert (tmp_path / READER_WEIGHTS).stat().st_size < differences / 8 + 2 * others + 20_000  # names and scales beside
    merged = loaded(raw, tmp_path)
    for message in MESSAGES:
        ours, theirs = (reader.read(network, pieces, message.after, message.text) for network in (trained, merged))
        assert frame(theirs) == frame(ours)
        for name in SIZES:
            np.testing.assert_allclose(theirs.logits[name], ours.logits[name], atol=0.1)


def test_a_difference_turns_into_bits_through_which_it_still_learns() -> None:
    layer = Tuned(torch.nn.Linear(3, 2))
    layer.difference.data = torch.tensor([[0.3, -0.1, 0.2], [-0.4, 0.0, -0.2]])
    bits = torch.tensor([[0.2, -0.2, 0.2], [-0.2, 0.2, -0.2]])
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    for share, change in ((0.0, layer.difference), (1.0, bits), (0.5, (layer.difference + bits) / 2)):
        layer.share = share
        torch.testing.assert_close(layer(x), x @ (layer.frozen + change).T + layer.bias)
    layer.share = 1.0
    torch.testing.assert_close(layer.merged()(x), layer(x))
    layer(x).sum().backward()
    torch.testing.assert_close(layer.difference.grad, x.sum(0).expand(2, 3))


def test_what_was_learned_of_another_encoder_is_refused(raw: Path, trained: Network, tmp_path: Path) -> None:
    write(trained, tmp_path)
    small = load_file(tmp_path / READER_WEIGHTS)
    save_file({f"other.{name}": tensor for name, tensor in small.items()}, tmp_path / READER_WEIGHTS)
    with pytest.raises(ValueError, match="another reader"):
        restore(tuned(raw), tmp_path)


def frames(*mentions: Mention, acts: Iterable[Act] = (), flags: Iterable[Flag] = ()) -> Frame:
    return Frame(frozenset(acts), mentions, frozenset(flags))


LIKED, SEEN = Mention(0, 4, Kind.TITLE, Role.LIKED), Mention(0, 4, Kind.TITLE, Role.SEEN)
HOW_LONG, WHO = Mention(5, 8, Kind.QUESTION, topic=Topic.LENGTH), Mention(5, 8, Kind.QUESTION, topic=Topic.CAST)


@pytest.mark.parametrize(
    ("annotated", "found", "expected"),
    [
        (frames(), frames(), {}),
        (frames(LIKED, acts=[Act.INFORM]), frames(LIKED, acts=[Act.INFORM]), {}),
        (frames(LIKED), frames(SEEN), {"roles": 0.0}),
        (frames(LIKED), frames(), {"roles": 0.0, "kinds": 0.0}),
        (frames(LIKED, HOW_LONG), frames(LIKED, WHO), {"questions": 0.0}),
        (frames(HOW_LONG), frames(Mention(0, 8, Kind.QUESTION, topic=Topic.LENGTH)), {}),
        (frames(acts=[Act.INFORM]), frames(acts=[Act.INFORM, Act.CHAT]), {"acts": 2 / 3}),
        (frames(), frames(flags=[Flag.LOW]), {"flags": 0.0}),
        (frames(LIKED), frames(Mention(0, 4, Kind.TITLE, Role.LIKED, theirs=True)), {"theirs": 0.0}),
    ],
)
def test_figures_tell_what_was_found(annotated: Frame, found: Frame, expected: dict[str, float]) -> None:
    figures = scored([(annotated, found)])
    assert set(figures) == {"acts", "kinds", "roles", "theirs", "questions", "flags"}
    assert figures == pytest.approx({**dict.fromkeys(figures, 1.0), **expected})


def test_figures_are_of_all_messages_together() -> None:
    pairs = [(frames(LIKED), frames(LIKED)), (frames(LIKED), frames()), (frames(LIKED), frames())]
    assert scored(pairs)["kinds"] == pytest.approx(0.5)


def test_a_pass_holds_every_lesson_once_and_messages_of_like_length(pieces: Pieces) -> None:
    lessons = [Lesson(Annotated("x " * (1 + at % 7), Frame(), LastPlan(), "any", str(at))) for at in range(40)]
    found = list(Batches(lessons, pieces, {}, Config(batch=8, agreement=0), 0))
    lengths = [batch["mask"].sum(1).tolist() for batch in found]
    assert sum(map(len, lengths)) == 40
    assert all(max(batch) - min(batch) <= 2 for batch in lengths)
    assert [min(batch) for batch in lengths] != sorted(min(batch) for batch in lengths)


def test_a_pass_is_the_same_whoever_makes_its_batches_and_each_is_another(pieces: Pieces) -> None:
    def made(epoch: int, order: Sequence[int]) -> dict[int, list[list[int]]]:
        batches = Batches(LESSONS, pieces, {}, Config(batch=8), epoch)
        return {at: batches[at]["ids"].tolist() for at in order}

    assert made(0, range(6)) == made(0, range(5, -1, -1))
    assert made(0, range(6)) != made(1, range(6))


def test_about_a_twentieth_is_held_out_always_the_same() -> None:
    messages = list(load([FOLDER / "films.en.tastes.txt", FOLDER / "films.en.requests.txt"]))
    held = [message for message in messages if is_held_out(message)]
    assert 0.02 < len(held) / len(messages) < 0.1
    assert [message for message in messages if is_held_out(message)] == held


def test_cries_for_help_are_learned_beside_what_only_sounds_so() -> None:
    found = list(cries())
    assert all(lesson.trouble_only for lesson in found)
    assert {lesson.message.frame.acts for lesson in found} == {frozenset(), frozenset({Act.TROUBLE})}
    assert {"en", "zh"} <= {lesson.message.frame.language for lesson in found}


@pytest.fixture
def command(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Arguments: few messages to learn from. Nothing is fetched: the small encoder stands in."""

    def prepare(data: Path, out: Path, texts: Iterable[str]) -> None:
        for file in raw.iterdir():
            (out / file.name).write_bytes(file.read_bytes())

    monkeypatch.setattr(reader, "prepare", prepare)
    monkeypatch.setattr(reader, "cries", lambda: iter(()))
    (tmp_path / "any.en.some.txt").write_text("\n".join(f"{line} {at}" for at in range(10) for line in LINES[:2]))
    return ["--messages", str(tmp_path), "--out", str(tmp_path / "out"), "--epochs", "1", "--real", "nowhere"]


def test_the_command_writes_what_was_learned(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert reader.main(command) == 0
    out = Path(command[3])
    assert (out / READER_WEIGHTS).is_file()
    assert f"20 messages -> {out}" in capsys.readouterr().out


def test_a_try_prints_figures_of_what_was_held_out(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert reader.main([*command, "--try"]) == 0
    printed = capsys.readouterr().out
    held = sum(is_held_out(message) for message in load([Path(command[1]) / "any.en.some.txt"]))
    assert held > 0
    assert f"{held} {{'acts': " in printed
    assert f"{20 - held} messages -> " in printed


def test_without_the_encoder_it_is_one_sentence(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(data: Path, out: Path, texts: Iterable[str]) -> None:
        raise SetUpError("no network")

    monkeypatch.setattr(reader, "prepare", missing)
    assert reader.main(command) == 2
    assert capsys.readouterr().err == "no network\n"
