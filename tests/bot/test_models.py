import asyncio
import json
import shutil

import pytest

from bot import models as serving_models
from bot.dialogue import DraftingDialogue, NoDialogue
from bot.history import Person, Shown
from bot.models import CHAT_TEMPLATE, Serving, load, load_current
from bot.reader import NoReader
from bot.recommender import PopularityRecommender
from bot.texts import Texts
from domain import artifact
from domain.artifact import ArtifactError, Manifest, describe_files
from domain.catalog import Catalog
from domain.frame import LastPlan, Role
from domain.history import Message
from domain.plan import Plan
from domain.preference import Opinion, Preference
from domain.prompt import BRIEFS, Brief, task
from tests.fakes import ScriptedReader, models_of

TEXTS = Texts.load()


@pytest.fixture
def publish(catalog, tmp_path):
    """Publishes a version without models, as `training.build` does when there are no interactions."""

    def publish(version):
        folder = tmp_path / version
        folder.mkdir()
        catalog.save(folder / artifact.CATALOG)
        Manifest("movies", version, "", describe_files(folder)).save(folder)
        artifact.publish(tmp_path, version)
        return folder

    return publish


def test_a_version_without_models_serves_what_is_popular_and_says_so(publish, tmp_path):
    publish("1")
    models = load_current(tmp_path, TEXTS, pytest.fail)
    assert isinstance(models.recommender, PopularityRecommender)
    assert isinstance(models.reader, NoReader)
    assert ["recommender" in models.lacks[0], "dialogue" in models.lacks[1], "reader" in models.lacks[2]] == [True] * 3
    assert len(models.lacks) == 3


def test_a_broken_version_is_told_and_the_last_good_one_serves(publish, tmp_path):
    publish("1")
    (publish("2") / artifact.CATALOG).unlink()
    said = []
    assert load_current(tmp_path, TEXTS, said.append).manifest.version == "1"
    assert len(said) == 1
    assert "version 2 cannot be used" in said[0]


def test_a_model_that_cannot_be_loaded_counts_as_broken(publish, tmp_path):
    publish("1")
    folder = publish("2")
    (folder / artifact.RECOMMENDER).write_bytes(b"not a model")
    Manifest("movies", "2", "", describe_files(folder)).save(folder)
    with pytest.raises(ArtifactError, match="cannot be loaded"):
        load(folder, TEXTS)


def test_nothing_to_serve_is_one_sentence(tmp_path):
    with pytest.raises(ArtifactError, match="no usable artifact"):
        load_current(tmp_path / "movies", TEXTS, pytest.fail)


def with_dialogue(folder, version, facts, base=None, *, template=True):
    """Put the files of a dialogue model that are read before it is started into a version."""
    (folder / artifact.DIALOGUE).mkdir()
    (folder / artifact.DIALOGUE / artifact.DIALOGUE_FACTS).write_text(facts)
    if base:
        (folder / artifact.DIALOGUE / artifact.BASE_MODEL_FACTS).write_text(json.dumps({"origin": base}))
    if template:
        (folder / artifact.DIALOGUE / CHAT_TEMPLATE).write_text("{{ messages }}")
    Manifest("movies", version, "", describe_files(folder)).save(folder)


TAUGHT = json.dumps({"adapter": "a", "briefs": BRIEFS, "languages": ["en", "de"]})


@pytest.mark.parametrize(
    ("facts", "base", "template", "says"),
    [
        ('{"adapter": "a"}', None, True, "trained on briefs of format None"),
        ('{"adapter": "a", "briefs": 1}', "big/model", True, "trained on briefs of format 1"),
        ('{"adapter": null}', "default 12ab", True, "the default one"),
        ("{", None, True, "the default one"),
        ('{"adapter": null}', "big/model", False, "has no chat template"),
    ],
)
def test_a_model_that_would_not_know_what_it_is_asked_is_not_asked(
    publish, tmp_path, caplog, facts, base, template, says
):
    with_dialogue(publish("1"), "1", facts, base, template=template)
    models = load_current(tmp_path, TEXTS, pytest.fail)
    assert isinstance(models.dialogue, NoDialogue)
    assert "dialogue" in models.lacks[1]
    assert len([record for record in caplog.records if says in record.message]) == 1


BRIEF = Brief("films", "hi", (("ask", "what they loved"),))


@pytest.mark.parametrize(
    ("facts", "base", "is_instructed"), [(TAUGHT, "default 12ab", False), ('{"adapter": null}', "big/model", True)]
)
def test_a_model_is_asked_as_it_was_taught_and_any_other_is_instructed(publish, facts, base, is_instructed):
    folder = publish("1")
    with_dialogue(folder, "1", facts, base)
    dialogue = load(folder, TEXTS).dialogue
    assert isinstance(dialogue, DraftingDialogue)
    chat = dialogue.ask(BRIEF)
    assert chat[-1] == {"role": "user", "content": task(BRIEF)}
    assert [message["role"] for message in chat] == (
        ["system", *["user", "assistant"] * 3, "user"] if is_instructed else ["user"]
    )


def test_a_model_is_not_asked_for_a_language_that_it_was_not_taught(publish):
    folder = publish("1")
    with_dialogue(folder, "1", TAUGHT)
    assert load(folder, TEXTS).dialogue.languages == {"en", "de"}


async def test_one_process_serves_all_versions_with_one_model_and_ends_with_the_last(publish, tmp_path, monkeypatch):
    lives = []

    class Recorded:
        """A writer of which it is known when it was started and closed."""

        def __init__(self, folder, warm_up):
            self.name = folder.parent.name

        async def start(self):
            lives.append(("start", self.name))

        async def close(self):
            lives.append(("close", self.name))

    monkeypatch.setattr(serving_models, "Writer", Recorded)
    with_dialogue(publish("1"), "1", TAUGHT)
    serving = Serving(tmp_path, TEXTS, load_current(tmp_path, TEXTS, pytest.fail))
    await serving.start()
    with_dialogue(publish("2"), "2", TAUGHT)
    await serving.refresh()
    assert (serving.models.manifest.version, lives) == ("2", [("start", "1")])
    with_dialogue(publish("3"), "3", TAUGHT, "another")
    await serving.refresh()
    assert (serving.models.manifest.version, lives) == ("3", [("start", "1"), ("start", "3"), ("close", "1")])
    await serving.close()
    assert lives[-1] == ("close", "3")


async def test_serving_follows_what_is_published_and_goes_back(publish, tmp_path):
    publish("1")
    serving = Serving(tmp_path, TEXTS, load_current(tmp_path, TEXTS, pytest.fail))
    publish("2")
    await serving.refresh()
    assert serving.models.manifest.version == "2"
    artifact.publish(tmp_path, "1")
    await serving.refresh()
    assert serving.models.manifest.version == "1"


async def test_two_watchers_that_meet_load_a_version_once(publish, tmp_path, monkeypatch):
    publish("1")
    serving = Serving(tmp_path, TEXTS, load_current(tmp_path, TEXTS, pytest.fail))
    loaded = []

    def load_and_tell(folder, *others):
        loaded.append(folder.name)
        return load(folder, *others)

    monkeypatch.setattr(serving_models, "load", load_and_tell)
    publish("2")
    await asyncio.gather(serving.refresh(), serving.refresh())
    assert serving.models.manifest.version == "2"
    assert loaded == ["2"]


async def test_what_is_made_of_the_same_catalogue_is_not_made_again(publish, tmp_path, catalog):
    publish("1")
    first = load_current(tmp_path, TEXTS, pytest.fail)
    assert load(publish("2"), TEXTS, first).linker is first.linker
    folder = publish("3")
    Catalog(list(catalog)[1:], catalog.vocabulary).save(folder / artifact.CATALOG)
    Manifest("movies", "3", "", describe_files(folder)).save(folder)
    assert load(folder, TEXTS, first).linker is not first.linker


async def test_a_broken_version_is_refused_while_the_old_one_serves(publish, tmp_path, caplog):
    publish("1")
    serving = Serving(tmp_path, TEXTS, load_current(tmp_path, TEXTS, pytest.fail))
    (publish("2") / artifact.CATALOG).write_text("{")
    await serving.refresh()
    await serving.refresh()
    assert serving.models.manifest.version == "1"
    assert len([r for r in caplog.records if "cannot be used" in r.message]) == 1


async def test_the_watch_notices_by_itself(publish, tmp_path, monkeypatch):
    monkeypatch.setattr(serving_models, "WATCH_SECONDS", 0.001)
    publish("1")
    serving = Serving(tmp_path, TEXTS, load_current(tmp_path, TEXTS, pytest.fail))
    moved = asyncio.Event()
    refresh = serving.refresh

    async def refresh_and_tell():
        await refresh()
        if serving.models.manifest.version == "2":
            moved.set()

    monkeypatch.setattr(serving, "refresh", refresh_and_tell)
    watcher = asyncio.create_task(serving.watch())
    publish("2")
    await asyncio.wait_for(moved.wait(), 60)
    watcher.cancel()


def test_a_version_that_was_removed_is_no_version(publish, tmp_path):
    publish("1")
    shutil.rmtree(publish("2"))
    said = []
    assert load_current(tmp_path, TEXTS, said.append).manifest.version == "1"
    assert len(said) == 1


def with_reader(folder, version, content):
    """Put a reader into a version; one that cannot be loaded, which a version is not refused for."""
    (folder / artifact.READER).mkdir()
    (folder / artifact.READER / artifact.ENCODER_MODEL).write_text(content)
    Manifest("movies", version, "", describe_files(folder)).save(folder)


async def test_a_new_reader_reads_though_the_catalogue_is_the_same(publish, tmp_path):
    publish("1")
    serving = Serving(tmp_path, TEXTS, load_current(tmp_path, TEXTS, pytest.fail))
    before = serving.models
    with_reader(publish("2"), "2", "not a model")
    await serving.refresh()
    assert serving.models.manifest.version == "2"
    assert serving.models.reader is not before.reader
    assert serving.models.linker is before.linker
    with_reader(publish("3"), "3", "not a model")
    second = serving.models
    await serving.refresh()
    assert serving.models.manifest.version == "3"
    assert serving.models.reader is second.reader


@pytest.mark.parametrize("content", ["not a model", ""])
def test_with_a_broken_reader_titles_are_still_known_and_it_is_said(publish, tmp_path, caplog, content):
    with_reader(publish("1"), "1", content)
    models = load_current(tmp_path, TEXTS, pytest.fail)
    assert isinstance(models.reader, NoReader)
    assert any("reader" in lack for lack in models.lacks)
    assert [record.message for record in caplog.records if "the reader in" in record.message]
    said = models.understand("I loved Heat", Plan(), Person("ann"))
    assert said.ids((Role.LIKED,)) == ("6",)


def test_what_is_read_is_read_after_the_last_reply(catalog):
    reader = ScriptedReader()
    models = models_of(catalog, TEXTS, reader=reader)
    plan = Plan(("answer", "recommend"), ("6", "608"), spoken=2, asked="kind")
    said = models.understand(reader.learn("accept | {the second one|pointer chosen}"), plan, Person("ann"))
    assert said.ids((Role.CHOSEN,)) == ("608",)
    assert reader.after == [LastPlan("recommend", 2, "kind")]


def test_of_films_of_one_name_the_one_that_was_spoken_of_is_meant(catalog):
    reader = ScriptedReader()
    models = models_of(catalog, TEXTS, reader=reader)
    text = reader.learn("ask | {how long|question length} is {Titanic|title asked}")
    assert models.understand(text, Plan(), Person("ann")).asked[0].about == ("1721",)
    shown = Person("ann", shown=(Shown("3404", 1),))
    assert models.understand(text, Plan(), shown).asked[0].about == ("3404",)
    rated = Person("ann", preference=Preference({"3404": Opinion("3404", "seen", "button")}))
    assert models.understand(text, Plan(), rated).asked[0].about == ("3404",)


@pytest.mark.parametrize(
    ("before", "line", "taken_for", "read"),
    [
        ("fr", "request | un truc comme a star is born mais plus jeune et pas trop long", "en", "fr"),
        ("fr", "request | something like a star is born but newer", "en", "en"),
        ("en", "chat | forman?", "de", "en"),
        ("en", "request | ich möchte etwas zum Lachen", "de", "de"),
    ],
)
def test_a_title_does_not_change_the_language_of_a_talk(catalog, before, line, taken_for, read):
    reader = ScriptedReader()
    models = models_of(catalog, TEXTS, reader=reader)
    ann = Person("ann", messages=(Message("1", "user", "…", json.dumps({"language": before})),))
    assert models.understand(reader.learn(line, taken_for), Plan(), ann).frame.language == read
