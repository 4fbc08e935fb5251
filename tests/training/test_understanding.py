"""The encoder's adapter and the weights above it are learned together, and what is served answers as they do."""

import json
import random
from dataclasses import asdict, replace

import numpy as np
import pytest

from bot.encoder import OnnxEncoder
from domain.artifact import ENCODER_ADAPTER, ENCODER_HEADS
from domain.meaning import CLUES, HEARD, INTENTS, IntentClues, LikingClues, MeaningModel, WishClues, title_clues
from export import encoder as export
from tests.fakes import tiny_encoder
from training import understanding
from training.understanding import Config, Lesson, Question
from training.wheels import SetUpError

GREET, LEAVE = INTENTS.index("greet"), INTENTS.index("leave")
CONFIG = Config(rank=4, learning_rate=1e-2, head_rate=1e-1, dropout=0.0, epochs=10, batch=8)


def lesson(message, good):
    """A message that greets and likes, or one that leaves and dislikes."""
    text = "hi we loved Heat" if good else "bye we hated Heat"
    place = (text.index("Heat"), len(text))
    intent = IntentClues("other", "well then, some words")
    questions = (
        Question("title", place, tuple(title_clues(0.5).tolist()), int(good)),
        Question("intent", (0, 0), tuple(intent.vector().tolist()), GREET if good else LEAVE),
        Question("wish", (0, 3), tuple(WishClues(0, "other").vector().tolist()), 2 if good else 0),
        Question("liking", place, tuple(LikingClues(0, "other").vector().tolist()), 2 if good else 0),
    )
    return Lesson(message, text, "" if message % 3 else "hello we loved", questions)


LESSONS = [lesson(message, message % 2 == 0) for message in range(40)]


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return tiny_encoder(tmp_path_factory.mktemp("models") / "tiny", "hi bye hello we loved hated Heat")


@pytest.fixture(scope="module")
def reader(raw):
    return understanding.fit(raw, LESSONS, CONFIG)


def test_what_tells_classes_apart_is_learned(reader):
    figures = understanding.measure(reader, LESSONS, 8)
    assert set(figures) == {"title", "intent", "wish", "liking"}
    assert all((count, f1, accuracy) == (40, 1.0, 1.0) for count, f1, accuracy in figures.values())


def test_what_nothing_tells_is_not_learned(raw):
    chance = random.Random(1)
    muddled = [
        replace(one, questions=tuple(replace(q, truth=LESSONS[chance.randrange(40)].questions[at].truth)
                for at, q in enumerate(one.questions)))
        for one in LESSONS
    ]  # fmt: skip
    assert understanding.measure(understanding.fit(raw, muddled, CONFIG), muddled, 8)["intent"][2] < 0.8


def test_what_is_served_answers_as_what_was_trained(raw, reader, tmp_path):
    understanding.write(reader, tmp_path / "learned")
    export.convert(raw, tmp_path / "made", tmp_path / "learned")
    encoder, model = OnnxEncoder(tmp_path / "made"), MeaningModel.load(tmp_path / "made" / ENCODER_HEADS)
    for one, (intent, polarity) in zip(LESSONS[1:3], (("leave", -1), ("greet", 1)), strict=True):
        read = encoder.read(one.text)
        before = encoder.read(one.before).whole if one.before else np.zeros_like(read.whole)
        assert model.intent(read.whole, before, IntentClues("other", "well then, some words")) == intent
        at = one.questions[0].place
        assert model.wish(read.of(0, 3), WishClues(0, intent)) == polarity
        assert model.liking(read.of(*at), LikingClues(0, intent)) == polarity
        assert (model.title(read.of(*at), 0.5) > 0) == (polarity > 0)


def test_clues_hold_the_intent_that_is_guessed():
    clues = WishClues(0, "other").vector().tolist()
    assert understanding._as_heard(clues, None) == clues
    assert np.argmax(understanding._as_heard(clues, LEAVE)[HEARD]) == LEAVE
    assert sum(understanding._as_heard(clues, LEAVE)[HEARD]) == 1


def test_whole_messages_are_held_out():
    twice = [*LESSONS, *LESSONS]
    learned, kept = understanding.held_out(twice)
    assert len(kept) == 16
    assert not {one.message for one in learned} & {one.message for one in kept}


def test_batches_hold_every_lesson_once_and_texts_of_like_length():
    lessons = [replace(LESSONS[0], message=n, text="x" * (n % 7)) for n in range(40)]
    found = list(understanding.batches(lessons, 8, random.Random(0)))
    assert sorted(one.message for batch in found for one in batch) == list(range(40))
    assert all(max(map(len, texts)) - min(map(len, texts)) <= 2 for texts in ([o.text for o in b] for b in found))


def test_the_command_writes_what_is_exported_or_measures(raw, tmp_path, monkeypatch, capsys):
    file = tmp_path / "lessons.jsonl"
    file.write_text("\n".join(json.dumps(asdict(one)) for one in LESSONS))
    assert list(understanding.read(file.read_text().splitlines())) == LESSONS
    monkeypatch.setattr(understanding, "minilm", lambda data, folder: raw)
    told = ["--lessons", str(file), "--out", str(tmp_path / "learned"), "--epochs", "1"]
    assert understanding.main([*told, "--measure"]) == 0
    assert "intent: 8 questions held out, macro-F1 " in capsys.readouterr().out
    assert not (tmp_path / "learned").exists()
    assert understanding.main(told) == 0
    assert (tmp_path / "learned" / ENCODER_HEADS).is_file()
    settings = json.loads((tmp_path / "learned" / ENCODER_ADAPTER / "adapter_config.json").read_text())
    assert settings["base_model_name_or_path"] is None  # a path of this machine


def test_without_the_encoder_it_is_one_sentence(tmp_path, monkeypatch, capsys):
    def missing(data, folder):
        raise SetUpError("no network")

    monkeypatch.setattr(understanding, "minilm", missing)
    (tmp_path / "none.jsonl").write_text("")
    assert understanding.main(["--lessons", str(tmp_path / "none.jsonl")]) == 2
    assert capsys.readouterr().err == "no network\n"


def test_a_message_is_asked_by_its_clues_too(reader):
    assert set(reader.weights()) == {
        f"{model}.{part}"
        for model in ("title", "intent", "wish", "liking")
        for part in ("meaning", CLUES, "bias", *(["before"] if model == "intent" else []))
    }
