"""Real messages are told by id and place, and learned from where their text is at hand."""

import json
from pathlib import Path

from domain.frame import Act, Kind, LastPlan, Mention, Role
from training import real
from training.real import LEARNED, messages, texts

HELD_OUT = Path(__file__).parents[1] / "reader" / "real.jsonl"


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def data(folder: Path) -> Path:
    (folder / "redial").mkdir(parents=True)
    said = [{"text": "I  loved @11 !", "senderWorkerId": 1}, {"text": "ok", "senderWorkerId": 2}]
    dialogue = {"conversationId": "7", "movieMentions": {"11": "Heat (1995)"}, "messages": said}
    (folder / "redial" / "some.jsonl").write_text(json.dumps(dialogue) + "\n")
    (folder / "mgshopdial").mkdir()
    shop = [{"id": 3, "utterances": [{"utterance_id": 4, "utterance": "a red one"}]}]
    (folder / "mgshopdial" / "MGShopDial.json").write_text(json.dumps(shop))
    return folder


def test_texts_are_those_of_the_data_with_titles_for_marks(tmp_path):
    found = dict(texts(data(tmp_path)))
    assert found == {"redial/7/0": "I loved Heat (1995) !", "redial/7/1": "ok", "mgshopdial/3/4": "a red one"}


def test_a_message_is_put_together_from_its_text_and_its_annotation(tmp_path):
    folder = data(tmp_path / "data")
    liked = {"id": "redial/7/0", "after": "ask title", "acts": ["inform"], "flags": []}
    gone = {"id": "redial/9/0", "after": "start", "acts": ["chat"], "flags": [], "mentions": []}
    file = tmp_path / "real.jsonl"
    file.write_text("\n".join(map(json.dumps, ({**liked, "mentions": [[8, 19, "title", "liked", False]]}, gone))))
    (only,) = messages(file, folder)
    assert only.text == "I loved Heat (1995) !"
    assert (only.after, only.domain) == (LastPlan("ask", 0, "title"), "films")
    assert only.frame.acts == {Act.INFORM}
    assert only.frame.mentions == (Mention(8, 19, Kind.TITLE, Role.LIKED),)


def test_without_the_data_there_is_nothing_to_learn_from(tmp_path):
    assert list(messages(LEARNED, tmp_path)) == []


def test_no_conversation_of_redial_is_learned_from_and_held_out():
    learned = {str(row["id"]) for row in rows(LEARNED)}
    held_out = {str(row["id"]) for row in rows(HELD_OUT)}
    assert not learned & held_out

    def conversations(ids: set[str]) -> set[str]:
        return {name.rpartition("/")[0] for name in ids if name.startswith("redial")}

    assert not conversations(learned) & conversations(held_out)
    assert len(learned) > 2000


def test_no_text_of_the_data_is_in_the_project():
    keys = {key for path in (LEARNED, HELD_OUT) for row in rows(path) for key in row}
    assert keys == {"id", "after", "acts", "flags", "mentions"}
    assert real.DATA.parts[0] == ".."
