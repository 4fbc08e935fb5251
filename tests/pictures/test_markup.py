import json
import re
from urllib.parse import unquote

import pytest

from tests.bot.discord_app.showcase import SCENES
from tests.pictures.__main__ import SNAPSHOTS, documents, main
from tests.pictures.markup import markdown, poster, shown


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("**1  Heat (1995)**", "<span><b>1  Heat (1995)</b></span>"),
        ("-# crime, 170 minutes", "<small>crime, 170 minutes</small>"),
        (r"M\*A\*S\*H <b>", "<span>M*A*S*H &lt;b&gt;</span>"),
        ("`/help` in <#12>", "<span><code>/help</code> in <a>#films</a></span>"),
        ("</privacy show:12>", "<span><a>/privacy show</a></span>"),
        ("a\n-# b", "<span>a</span><small>b</small>"),
        ("### A\nb", "<h3>A</h3><span>b</span>"),
        ("a\n```\n1  <\n```", "<span>a</span><pre>1  &lt;</pre>"),
    ],
)
def test_markdown_is_drawn_as_discord_shows_it(text, drawn):
    assert markdown(text) == drawn


def test_every_snapshot_can_be_drawn_with_all_that_can_be_pressed():
    drawn = dict(documents())
    assert len(drawn) == 2 * len(SCENES)
    for name, document in drawn.items():
        labels = re.findall(r'"label": "(.*?)"', (SNAPSHOTS / f"{name}.json").read_text(encoding="utf-8"))
        assert document.count('class="button') == len(labels)


def test_a_picture_is_named_by_its_address():
    assert ">Twelve</text>" in unquote(poster("https://e.org/Twelve-Monkeys.jpg"))


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(ValueError, match="type 99"):
        shown([json.loads('{"components": [{"type": 99}]}')])


def test_without_chromium_the_command_says_what_it_needs(monkeypatch, capsys):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert main() == 2
    assert "apt install chromium" in capsys.readouterr().err
