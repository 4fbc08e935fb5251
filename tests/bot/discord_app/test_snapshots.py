"""What the bot sends for each kind of card and page, as it was when it was last looked at.

`make snapshots` writes them anew; `git diff` then shows what has changed.
"""

import json
import os
import re
from pathlib import Path

import pytest

from tests.bot.discord_app.showcase import LANGUAGES, SCENES, ShowcaseConversation, play, stage_of
from tests.discord_server.schema import schema

pytestmark = pytest.mark.simcord(shard_count=1)

FOLDER = Path(__file__).with_name("snapshots")
IDS = re.compile(r"\d{17,20}")
SEEN = ("content", "flags", "components")


@pytest.fixture(params=LANGUAGES)
def conversation(request):
    return ShowcaseConversation(request.param)


@pytest.mark.parametrize("name", SCENES)
async def test_it_is_shown_as_before_and_discord_takes_it(simcord_env, conversation, name):
    sent = await play(stage_of(simcord_env, conversation), SCENES[name])
    for one in sent:
        assert schema().problems(one.method, one.path, one.body) == []
    shown = [{key: one.shown[key] for key in SEEN if one.shown.get(key)} for one in sent]
    plain = IDS.sub("0", json.dumps(shown, ensure_ascii=False, indent=1)) + "\n"
    file = FOLDER / f"{name}.{conversation.language}.json"
    if os.environ.get("REWRITE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(plain, encoding="utf-8")
    assert plain == file.read_text(encoding="utf-8")


def test_no_snapshot_is_left_of_what_is_no_longer_shown():
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{s}.{language}.json" for s in SCENES for language in LANGUAGES
    }
