import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain import artifact
from domain.artifact import Manifest, describe_files

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bot(catalog, tmp_path):
    """Runs the real process on a version without models; returns what it printed and how it ended."""
    folder = tmp_path / "artifacts" / "movies" / "1"
    folder.mkdir(parents=True)
    catalog.save(folder / artifact.CATALOG)
    Manifest("movies", "1", "", describe_files(folder)).save(folder)
    artifact.publish(folder.parent, "1")

    def run(lines, *arguments, module="bot", started=False, **settings):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PARLEY_", "DISCORD_"))}
        environment |= {"PYTHONPATH": str(ROOT), **settings}
        command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
        if started:
            pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
            return subprocess.Popen(command, cwd=tmp_path, env=environment, **pipes)
        return subprocess.run(
            command,
            input=lines.encode() if isinstance(lines, str) else lines,
            capture_output=True, cwd=tmp_path, env=environment, check=False,
        )  # fmt: skip

    return run


def test_one_line_in_one_reply_out_and_nothing_else_on_stdout(bot):
    done = bot("hi\n\nI loved Heat. Something tense?\n")
    replies = done.stdout.decode().split("\n\n")
    assert done.returncode == 0
    assert len(replies) == 3
    assert replies[2] == ""
    opening, *shown = replies[1].splitlines()
    assert "Heat" in opening
    assert sum(" (19" in line or " (20" in line for line in shown) == 3
    assert b"no trained recommender" in done.stderr
    assert b"no reader that can be used" in done.stderr


def test_the_owner_is_remembered(bot):
    first = bot("I loved Heat, hated Fargo. Any thriller?\n").stdout.decode()
    again = bot("more please\n").stdout.decode()
    shown = [title for title in ("Seven", "The Usual Suspects", "Inception", "Fight Club") if title in first]
    assert shown
    assert "Heat (1995)" not in again
    assert "Fargo" not in again
    assert not any(title in again for title in shown)


def test_input_that_is_no_utf8_and_a_line_without_end(bot):
    done = bot(b"\xff\xfe caf\xe9\nI loved Heat")
    assert done.returncode == 0
    assert done.stdout.decode().count("\n\n") == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PARLEY_DOMAIN": "courses"}, "no usable artifact"),
        ({"PARLEY_SLATE": "x"}, "PARLEY_SLATE is 'x'"),
        ({"PARLEY_STATE_DIR": "artifacts/movies/1/catalog.json"}, "state folder"),
    ],
)
def test_what_the_owner_has_to_mend_is_one_sentence_and_exit_2(bot, settings, said):
    done = bot("hi\n", **settings)
    errors = done.stderr.decode().strip().splitlines()
    assert done.returncode == 2
    assert said in errors[-1]
    assert "Traceback" not in done.stderr.decode()
    assert done.stdout == b""


def test_the_bot_needs_no_torch():
    code = "import sys, bot.__main__, bot.discord_app.client; print(sum(m in sys.modules for m in ('torch', 'onnx')))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.decode().strip() == "0"


def test_retraining_from_the_shell_tells_its_status(bot):
    done = bot("", "status", module="bot.retraining")
    assert done.returncode == 0
    assert "Version 1 of movies" in done.stdout.decode()


def test_sigterm_ends_the_terminal_in_order(bot, tmp_path):
    process = bot("", started=True)
    process.stdin.write(b"I loved Heat\n")
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert b"Traceback" not in process.stderr.read()
    process.stdin.close()
    process.stdout.close()
    process.stderr.close()
    assert not (tmp_path / "state" / "movies.sqlite3-wal").exists()


def test_a_thread_that_hangs_does_not_hold_up_the_end():
    code = "import threading, bot.ending; bot.ending.end_within(0.2, 3); threading.Event().wait()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, timeout=20, check=False)
    assert done.returncode == 3
    assert b"something hung" in done.stderr


def test_dont_remember_me_holds_in_the_terminal_too(bot):
    bot("I loved Heat\ndon't remember me\n")
    told = bot("what do you store about me?\n").stdout.decode()
    assert "Heat" not in told
    assert "You do not want to be remembered" in told


def test_no_file_appears_outside_the_state_folder(bot, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = set(tmp_path.rglob("*"))
    bot("I loved Heat\n", TMPDIR=str(scratch), HOME=str(scratch))
    new = {path.relative_to(tmp_path).parts[0] for path in set(tmp_path.rglob("*")) - before}
    assert new == {"state"}


def test_a_damaged_database_is_one_sentence_and_exit_2(bot, tmp_path):
    bot("I loved Heat\n" * 30)
    path = tmp_path / "state" / "movies.sqlite3"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\x07" * (len(content) - 4096))
    done = bot("hi\n")
    assert done.returncode == 2
    assert "cannot be used" in done.stderr.decode().strip().splitlines()[-1]
    assert b"Traceback" not in done.stderr
