"""Draws the snapshots of cards and pages: `make pictures`, into docs/pictures/, by Chromium without a window."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bot.discord_app.showcase import LANGUAGES, SAID, SCENES
from tests.pictures.markup import page, said, shown

ROOT = Path(__file__).parents[2]
SNAPSHOTS, PICTURES = ROOT / "tests/bot/discord_app/snapshots", ROOT / "docs/pictures"
STYLE = Path(__file__).with_name("dark.css")
WIDTH = 720
IN_ANSWER = ("card", "first_card", "pressed_card", "shared_card", "posters", "plain_text")
"""Scenes that are drawn below the message that they answer."""
NEEDED = "make pictures needs Chromium: on Debian or Ubuntu, apt install chromium fonts-noto-cjk fonts-noto-color-emoji"


def main() -> int:
    """Draw every snapshot; returns the exit code."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print(NEEDED, file=sys.stderr)
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, document in documents():
            file = Path(folder, f"{name}.html")
            file.write_text(document, encoding="utf-8")
            draw(chromium, file, PICTURES / f"{name}.png")
            print(f"docs/pictures/{name}.png")
    return 0


def documents() -> Iterator[tuple[str, str]]:
    """The name of each picture, and the page that is drawn."""
    style = STYLE.read_text(encoding="utf-8")
    for scene in SCENES:
        for language in LANGUAGES:
            payloads = json.loads((SNAPSHOTS / f"{scene}.{language}.json").read_text(encoding="utf-8"))
            asked = [said("ann", SAID[language]["asked"], "#c0698a")] if scene in IN_ANSWER else []
            yield f"{scene}.{language}", page([*asked, shown(payloads)], style)


def draw(chromium: str, file: Path, picture: Path) -> None:
    """Draw a page as high as it is: Chromium is asked for that first."""
    measured = file.with_suffix(".measured.html")
    script = "document.title = document.querySelector('main').offsetHeight"
    measured.write_text(f"{file.read_text(encoding='utf-8')}<script>{script}</script>", encoding="utf-8")
    dumped = _run(chromium, "--dump-dom", f"--window-size={WIDTH},1000", measured.as_uri())
    title = re.search(r"<title>(\d+)</title>", html.unescape(dumped))
    assert title is not None
    _run(chromium, f"--screenshot={picture}", f"--window-size={WIDTH},{title[1]}", file.as_uri())


def _run(chromium: str, *arguments: str) -> str:
    """Chromium without a window; what it prints."""
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--log-level=3")
    done = subprocess.run([chromium, *quiet, *arguments], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
