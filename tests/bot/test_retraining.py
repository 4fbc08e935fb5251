import asyncio
import csv
import json
import os
import sys
import textwrap
from dataclasses import replace

import pytest

from bot import retraining
from bot.history import History, Person
from bot.retraining import Retraining, main, training_view
from bot.settings import Settings
from domain import artifact
from domain.artifact import Manifest, describe_files
from domain.history import Interaction
from domain.preference import Opinion, Preference

KEY = b"k" * 32


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Folders of a bot, and a `training` package of our own that publishes at once with the figure it is told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "__init__.py").write_text("")
    (tmp_path / "training" / "build.py").write_text(
        textwrap.dedent(
            """
            import json, os, pathlib, shutil, sys, time
            from domain.artifact import Manifest, describe_files
            arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
            extra = sys.argv[sys.argv.index("--extra-interactions") + 1] if "--extra-interactions" in sys.argv else ""
            if os.environ.get("FAIL"):
                sys.exit("training.build: the data is missing")
            print(json.dumps({"stage": "training.recommender", "done": 0.5, "say": "half"}), flush=True)
            if os.environ.get("SLOW"):
                time.sleep(3600)
            folder = pathlib.Path("artifacts/movies") / os.environ["VERSION"]
            folder.mkdir(parents=True)
            (folder / "recommender.onnx").write_text(os.environ.get("MODEL", folder.name))
            (folder / "recommender.json").write_text(json.dumps({"seconds": folder.name}))
            if extra:
                shutil.copy(extra, "seen_by_training.csv")
            metrics = {"ndcg@20": float(os.environ["NDCG"])}
            Manifest("movies", folder.name, "", describe_files(folder), metrics=metrics).save(folder)
            print(json.dumps({"stage": "done", "version": folder.name}))
            """
        )
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{':'.join(p for p in sys.path if p)}")
    monkeypatch.setattr(retraining.importlib.util, "find_spec", lambda name: name)
    version(tmp_path, "1", 0.30)
    artifact.publish(tmp_path / "artifacts" / "movies", "1")
    return tmp_path


def version(place, name, ndcg):
    folder = place / "artifacts" / "movies" / name
    folder.mkdir(parents=True)
    (folder / "recommender.onnx").write_text(name)
    files = describe_files(folder)
    Manifest("movies", name, "", files, value_range=(0.5, 5.0), metrics={"ndcg@20": ndcg}).save(folder)


def serves(place):
    return artifact.current(place / "artifacts" / "movies")


@pytest.fixture
async def history(place):
    history = await History.open(place / "state", "movies")
    yield history
    await history.close()


async def ignore(_said):
    pass


async def run(history, progress=None, **environment):
    async def on_progress(said):
        if progress is not None:
            progress.append(said)

    return await Retraining(Settings.read(), history).run(on_progress)


async def test_a_version_that_is_no_worse_is_published(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.296")
    progress = []
    outcome = await run(history, progress)
    assert outcome.published
    assert serves(place) == "2"
    assert [(p.done, p.phase, p.say) for p in progress] == [(0.5, "training", "half")]


async def test_a_worse_version_is_not_published(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.294")
    outcome = await run(history)
    assert not outcome.published
    assert "0.2940" in outcome.say
    assert serves(place) == "1"
    assert artifact.versions(place / "artifacts" / "movies") == ["1"]


async def test_a_version_that_serves_as_the_one_in_use_is_not_published(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.30")
    monkeypatch.setenv("MODEL", "1")
    outcome = await run(history)
    assert not outcome.published
    assert "nothing has changed since 1" in outcome.say
    assert artifact.versions(place / "artifacts" / "movies") == ["1"]


async def test_every_retrain_and_rollback_leaves_its_lines(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.5")
    told = Retraining(Settings.read(), history)
    await told.run(ignore, by="discord:77")
    await told.rollback()
    path = place / "state" / "movies.audit.log"
    lines = [line.split(" ", 1)[1] for line in path.read_text().splitlines()]
    assert lines[0] == "discord:77 retrain: asked for"
    assert lines[1].startswith("discord:77 retrain: Published 2: ndcg@20 0.5000")
    assert lines[2:] == ["shell rollback: Went back from 2 to 1."]
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert "Audit log: " + path.read_text().splitlines()[-1] in (await told.status()).say


async def test_a_retrain_that_is_stopped_ends_its_build_and_leaves_its_line(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("SLOW", "1")
    begun = asyncio.Event()

    async def on_progress(_said):
        begun.set()

    running = asyncio.create_task(Retraining(Settings.read(), history).run(on_progress))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (place / "state" / "movies.audit.log").read_text().endswith("shell retrain: broken off\n")
    assert serves(place) == "1"


async def test_a_version_in_use_that_is_broken_is_told_in_a_sentence(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    (place / "artifacts" / "movies" / "1" / "manifest.json").write_text("{")
    outcome = await run(history)
    assert not outcome.published
    assert "manifest.json cannot be read" in outcome.say


async def test_a_failing_build_leaves_things_as_they_are(place, history, monkeypatch):
    monkeypatch.setenv("FAIL", "1")
    outcome = await run(history)
    assert not outcome.published
    assert "the data is missing" in outcome.say
    assert serves(place) == "1"


async def test_one_run_at_a_time(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.5")
    outcomes = await asyncio.gather(run(history), run(history))
    assert sorted(o.published for o in outcomes) == [False, True]
    assert any("running already" in o.say for o in outcomes)


async def test_what_a_dead_process_left_behind_does_not_hold(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.5")
    (place / "state" / "movies.retraining").write_text(str(os.getpid()))  # in a container, ids come again
    assert (await run(history)).published


async def test_rollback_goes_to_the_version_before(place, history):
    version(place, "2", 0.4)
    artifact.publish(place / "artifacts" / "movies", "2")
    told = Retraining(Settings.read(), history)
    assert (await told.rollback()).published
    assert serves(place) == "1"
    assert not (await told.rollback()).published
    assert "Version 1" in (await told.status()).say


async def test_rollback_passes_over_a_broken_version(place, history):
    version(place, "2", 0.4)
    version(place, "3", 0.4)
    artifact.publish(place / "artifacts" / "movies", "3")
    (place / "artifacts" / "movies" / "2" / "manifest.json").write_text("{")
    assert (await Retraining(Settings.read(), history).rollback()).published
    assert serves(place) == "1"


async def test_without_training_installed_it_says_so(place, history, monkeypatch):
    monkeypatch.setattr(retraining.importlib.util, "find_spec", lambda name: None)
    assert "not installed" in (await run(history)).say


async def test_training_sees_ratings_of_people_who_agreed_and_no_names(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.5")
    for n in range(6):
        opinions = {i: Opinion(i, "like" if i == "6" else "dislike", "button", 20000) for i in ("6", "608")}
        person = Person(f"person-{n}", remember=True, share=n < 5, preference=Preference(opinions))
        await history.commit(Person(person.person_id), person, f"e{n}")
    await run(history)
    text = (place / "seen_by_training.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert "person" not in text
    assert len({row["user_id"] for row in rows}) == 5
    assert {(row["item_id"], row["value"]) for row in rows} == {("6", "5.0"), ("608", "0.5")}


def ratings(people, items=("a", "b")):
    return [Interaction(f"p{n}", item, 1.0, 86400) for n in range(people) for item in items]


def test_too_few_people_give_no_view_at_all():
    assert training_view(ratings(4), 0, 1, KEY) == []
    assert len(training_view(ratings(5), 0, 1, KEY)) == 10


def test_what_only_one_person_rated_is_left_out():
    view = training_view([*ratings(5), Interaction("p0", "rare", 1.0, 86400)], 0, 1, KEY)
    assert {r.item_id for r in view} == {"a", "b"}


def test_the_same_ratings_are_in_the_same_order_whatever_the_names():
    told = [*ratings(5), Interaction("p5", "a", -1.0, 86400), Interaction("p6", "a", 1.0, 2 * 86400)]
    first, *others = (training_view(told, 0, 1, bytes([n]) * 32) for n in range(8))
    for view in others:
        assert [replace(r, user_id="") for r in view] == [replace(r, user_id="") for r in first]
        assert len({(r.user_id, s.user_id) for r, s in zip(view, first, strict=True)}) == 7


def test_nobody_brings_more_than_their_share(monkeypatch):
    monkeypatch.setattr(retraining, "MAX_RATINGS_PER_PERSON", 3)
    view = training_view(ratings(5, items="abcdef"), 0, 1, KEY)
    assert len(view) == 15


def test_names_change_with_the_key_and_an_erased_person_leaves_no_trace():
    one, other = training_view(ratings(5), 0, 1, KEY), training_view(ratings(5), 0, 1, b"x" * 32)
    assert {r.user_id for r in one}.isdisjoint({r.user_id for r in other})
    never = training_view([r for r in ratings(6) if r.user_id != "p5"], 0, 1, KEY)
    assert never == one


def test_from_the_shell(place, capsys):
    assert main(["status"]) == 0
    assert "Version 1 of movies" in capsys.readouterr().out
    assert main(["rollback"]) == 1
    assert json.dumps(serves(place)) == '"1"'
