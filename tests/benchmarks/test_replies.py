"""That what writes the replies is heard: by the templates, and by a model."""

from benchmarks import replies
from benchmarks.blind import said
from bot.texts import Texts
from tests.fakes import ScriptedReader, models_of
from training.annotation import parse

DRAFT = "Gladly.\n@1 is a fine one.\n@2 is another.\n@3 is a third."


def made(catalog, drafts=None):
    reader = ScriptedReader()
    reader.learn("request | a {comedy|value wanted}")
    return models_of(catalog, Texts.load(), drafts, reader=reader)


def messages():
    return replies.by_plan([parse("start | request | a {comedy|value wanted}", "films", "en")])


async def test_a_model_that_writes_is_heard(catalog, monkeypatch):
    monkeypatch.setattr(replies, "messages_of_films", messages)
    models = made(catalog, [DRAFT] * 9)
    heard = await replies.converse(models, models.dialogue, 1, seed=1)
    assert heard.asked >= 1
    assert len(heard.seconds) == heard.asked


async def test_the_templates_answer_the_same_plans_and_write_nothing_as_a_model(catalog, monkeypatch):
    monkeypatch.setattr(replies, "messages_of_films", messages)
    heard = await replies.converse(made(catalog), replies.ways_of(made(catalog))["templates"], 1, seed=1)
    assert heard.asked >= 1
    assert not heard.whole
    assert heard.conversations[0]


async def test_turns_that_a_model_may_write_are_read_blind(catalog, monkeypatch):
    monkeypatch.setattr("benchmarks.blind.messages_of_films", messages)
    models = made(catalog)
    turns = await said(models, models.dialogue, 1, seed=1)
    assert all(turn["plan"] and turn["reply"] for turn in turns.values())
    assert turns
