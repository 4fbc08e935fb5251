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
from bot.outcome import Figure
from bot.retraining import Retraining, main
from bot.settings import Settings
from domain import artifact
from domain.artifact import Manifest, describe_files
from domain.preference import Opinion, Preference


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


async def test_a_dry_run_tells_the_figures_and_leaves_everything_as_it_is(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.5")
    outcome = await Retraining(Settings.read(), history).run(ignore, dry=True)
    assert not outcome.published
    assert outcome.say.startswith("Dry run, nothing published: ndcg@20 0.5000 on the hold-out")
    assert outcome.figures == (Figure("ndcg@20", 0.3, 0.5),)
    assert artifact.versions(place / "artifacts" / "movies") == ["1"]
    assert "dry run: Dry run" in (place / "state" / "movies.audit.log").read_text()


async def test_what_is_published_tells_figures_before_and_after(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("NDCG", "0.5")
    assert (await run(history)).figures == (Figure("ndcg@20", 0.3, 0.5),)


async def test_a_retrain_that_is_cancelled_ends_its_build_and_says_so(place, history, monkeypatch):
    monkeypatch.setenv("VERSION", "2")
    monkeypatch.setenv("SLOW", "1")
    told, begun = Retraining(Settings.read(), history), asyncio.Event()
    assert told.cancel().say == "No retrain runs."

    async def on_progress(_said):
        begun.set()

    running = asyncio.create_task(told.run(on_progress))
    await begun.wait()
    assert told.cancel("discord:77").say.startswith("Cancelling.")
    outcome = await running
    assert outcome.say == "Cancelled: nothing was published, 1 goes on serving."
    assert serves(place) == "1"
    assert told.cancel().say == "No retrain runs."
    lines = [line.split(" ", 1)[1] for line in (place / "state" / "movies.audit.log").read_text().splitlines()]
    assert lines[1:] == ["discord:77 cancel: asked for", f"shell retrain: {outcome.say}"]
    monkeypatch.delenv("SLOW")
    monkeypatch.setenv("NDCG", "0.5")
    assert (await told.run(ignore)).published


async def test_rollback_goes_to_the_version_that_is_named(place, history):
    for name in ("2", "3"):
        version(place, name, 0.4)
    artifact.publish(place / "artifacts" / "movies", "3")
    told = Retraining(Settings.read(), history)
    assert told.versions() == ["2", "1"]
    assert (await told.rollback(to="1")).say == "Went back from 3 to 1."
    assert (await told.rollback(to="1")).say == "Version 1 is in use already."
    assert (await told.rollback(to="../1")).say == "There is no version ../1."
    (place / "artifacts" / "movies" / "2" / "manifest.json").write_text("{")
    assert (await told.rollback(to="2")).say.startswith("Version 2 cannot be used: ")
    assert serves(place) == "1"


async def test_every_version_that_is_kept_is_told_of(place, history):
    version(place, "2", 0.4)
    (place / "artifacts" / "movies" / "2" / "manifest.json").write_text("{")
    lines = Retraining(Settings.read(), history).models().say.splitlines()
    assert lines[0].startswith("Version 2 cannot be used: ")
    assert lines[1].startswith("▶ 1, in use: built")
    assert lines[1].endswith("ndcg@20 0.3000.")


async def test_the_audit_log_is_told_line_by_line(place, history):
    told = Retraining(Settings.read(), history)
    assert told.audit().say == "The audit log is empty."
    for _ in range(25):
        await told.rollback("discord:77")
    assert len(told.audit().say.splitlines()) == retraining.LISTED
    assert "discord:77 rollback: There is no whole version before 1" in told.audit().say


async def test_how_good_a_version_is_is_told_in_words_and_in_the_language_of_who_asks(place, history):
    manifest = Manifest.load(place / "artifacts" / "movies" / "1")
    metrics = {"ndcg@20": 0.35, "recall@20": 0.28, "coverage@20": 0.039, "popularity_ndcg@20": 0.16}
    replace(manifest, metrics=metrics).save(place / "artifacts" / "movies" / "1")
    status = await Retraining(Settings.read(), history).status()
    assert "28% is among the first 20" in status.say
    assert "No retrain runs." in status.say
    assert "28% 排在" in status.told("zh-CN")


def test_from_the_shell(place, capsys):
    assert main(["status"]) == 0
    assert "Version 1 of movies" in capsys.readouterr().out
    assert main(["models"]) == main(["audit"]) == 0
    assert "▶ 1" in capsys.readouterr().out
    assert main(["rollback"]) == 1
    assert json.dumps(serves(place)) == '"1"'
