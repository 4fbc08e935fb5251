"""From raw interactions to a reply, in the terminal and on Discord, by the commands that an owner uses."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain import artifact
from tests.discord_server import local_discord

ROOT = Path(__file__).parents[1]
CANARY = "quetzalcoatl"
MESSAGES = r"/channels/\d+/messages"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a domain of 40 books that two kinds of people read: built, exported and published."""
    place = tmp_path_factory.mktemp("owner")
    items = ["item_id,title,year,genre"]
    items += [f"s{n},Rocket Star {n},{1960 + n},Space" for n in range(20)]
    items += [f"c{n},Garden Murder {n},{1980 + n},Crime" for n in range(20)]
    (place / "items.csv").write_text("\n".join(items) + "\n")
    chance = random.Random(0)
    rows = ["user_id,item_id"]
    for person in range(120):
        kind = "sc"[person % 2]
        rows += [f"p{person},{kind}{n}" for n in chance.sample(range(20), 10)]
    (place / "interactions.csv").write_text("\n".join(rows) + "\n")
    done = python(
        place, "-m", "training.build", "--domain", "books", "--items", "items.csv", "--interactions",
        "interactions.csv", "--noun", "book,books", "--no-dialogue",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return place


def environment(place, **settings):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PARLEY_", "DISCORD_"))}
    return clean | {"PYTHONPATH": str(ROOT), "PARLEY_DOMAIN": "books", **settings}


def python(place, *arguments, lines="", **settings):
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        input=lines.encode(), capture_output=True, cwd=place, env=environment(place, **settings), check=False,
    )  # fmt: skip


def test_who_likes_one_kind_is_recommended_that_kind_with_a_reason(place):
    lines = "I loved Rocket Star 3 and Rocket Star 5\nI loved Garden Murder 7, hated Rocket Star 3 and Rocket Star 5\n"
    done = python(place, "-m", "bot", lines=lines, PARLEY_SURPRISE="0")
    assert done.returncode == 0, done.stderr.decode()
    first, second, _ = done.stdout.decode().split("\n\n")
    assert first.count("Rocket Star") >= 3
    assert "Garden Murder" not in first
    assert "Garden Murder" in second
    assert "no trained recommender" not in done.stderr.decode()


def test_an_artifact_says_what_it_is_and_is_better_than_popularity(place):
    folder = place / "artifacts" / "books"
    manifest = json.loads((folder / artifact.current(folder) / "manifest.json").read_text())
    assert manifest["parity"]["recommender"] <= 1e-4
    assert manifest["metrics"]["ndcg@20"] > manifest["metrics"]["popularity_ndcg@20"]
    assert manifest["parity"]["reader"] <= 1e-4
    assert {"catalog.json", "recommender.onnx", "reader/encoder.onnx"} <= manifest["files"].keys()


def test_retraining_publishes_and_rollback_goes_back(place):
    folder = place / "artifacts" / "books"
    before = artifact.current(folder)
    done = python(place, "-m", "bot.retraining", "run")
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    after = artifact.current(folder)
    assert after > before
    assert python(place, "-m", "bot.retraining", "rollback").returncode == 0
    assert artifact.current(folder) == before
    artifact.publish(folder, after)


def test_what_is_typed_stays_out_of_logs_artifacts_and_training(place):
    done = python(place, "-m", "bot", lines=f"I loved Rocket Star 1 {CANARY}\n{CANARY}\n", PARLEY_LOG_LEVEL="DEBUG")
    assert CANARY not in done.stderr.decode()
    python(place, "-m", "bot.retraining", "run")
    written = [path for path in place.rglob("*") if path.is_file()]
    assert any("sqlite" in path.name for path in written)
    assert not [path for path in written if CANARY.encode() in path.read_bytes()]


async def test_the_same_bot_talks_on_discord(place, tmp_path):
    async with local_discord() as server:
        settings = environment(
            place, DISCORD_TOKEN="x", DISCORD_API_BASE=server.base, PARLEY_STATE_DIR=str(tmp_path / "state")
        )
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-m", "bot", cwd=place, env=settings, stderr=asyncio.subprocess.PIPE
        )
        try:
            await server.until(lambda: any(frame["op"] == 2 for frame in server.frames))
            await server.say("I loved Rocket Star 3")
            first = (await server.request("POST", MESSAGES)).body
            assert json.dumps(first["components"]).count("Rocket Star") >= 3
            assert "remember" in json.dumps(first["components"])
            command = await server.command("recommend", wish="something with crime")
            shown = await server.request("PATCH", rf"/webhooks/\d+/{command.token}/messages/@original")
            assert json.dumps(shown.body["components"]).count("Garden Murder") >= 3
            assert server.invalid == []
        finally:
            bot.send_signal(signal.SIGTERM)
        _, log = await bot.communicate()
        assert bot.returncode == 0, log.decode()
        assert "Rocket" not in log.decode()
