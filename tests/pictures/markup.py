"""Messages as Discord sends them to its clients -> HTML that looks like its dark theme, with drawn pictures."""

from __future__ import annotations

import hashlib
import html
import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import quote

Component: TypeAlias = Mapping[str, Any]

_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
_LINES = {"-# ": "small", "### ": "h3", "": "span"}
"""What a line begins with, and the element that it becomes."""
_ESCAPED = re.compile(r"\\([^\w\s])")
_INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"`(.+?)`"), r"<code>\1</code>"),
    (re.compile(r"&lt;#\d+&gt;"), r"<a>#films</a>"),
    (re.compile(r"&lt;(/[\w -]+):\d+&gt;"), r"<a>\1</a>"),
)


def page(messages: Iterable[str], style: str) -> str:
    """A whole document with one message, or several, below each other."""
    return f'<!doctype html><meta charset="utf-8"><style>{style}</style><main>{"".join(messages)}</main>'


def said(name: str, text: str, colour: str) -> str:
    """A message of a person."""
    return _message(name, "", colour, _text(text))


def shown(payloads: Iterable[Component]) -> str:
    """What the bot has sent: its messages as one, as Discord groups them."""
    return _message("Parley", '<i class="app">APP</i>', "#5865f2", "".join(map(_payload, payloads)))


def markdown(text: str) -> str:
    """As much of Discord's markdown as the bot uses: headings, bold, code, small print, links, and escapes."""
    pieces = text.split("```")
    lines = ["".join(map(_line, piece.strip("\n").split("\n"))) if piece else "" for piece in pieces[::2]]
    blocks = [f"<pre>{html.escape(piece.strip(chr(10)))}</pre>" for piece in pieces[1::2]]
    return "".join(itertools.chain.from_iterable(itertools.zip_longest(lines, blocks, fillvalue="")))


def poster(address: str) -> str:
    """A drawing that stands for a picture: two colours and a name, both by its address."""
    name = PurePosixPath(address).stem.replace("-", " ")
    hue = int(hashlib.sha256(address.encode()).hexdigest(), 16) % 360
    words = "".join(
        f'<text x="8" y="{104 - 14 * back}">{html.escape(word)}</text>' for back, word in enumerate(name.split()[::-1])
    )
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="114">'
        f'<linearGradient id="g" x2=".4" y2="1"><stop stop-color="hsl({hue},38%,44%)"/>'
        f'<stop offset="1" stop-color="hsl({(hue + 50) % 360},45%,18%)"/></linearGradient>'
        '<rect width="80" height="114" fill="url(#g)"/>'
        f'<g fill="#fff" font-family="Noto Sans,sans-serif" font-size="11" font-weight="700">{words}</g></svg>'
    )
    return f"data:image/svg+xml,{quote(drawn)}"


def _message(name: str, tag: str, colour: str, inner: str) -> str:
    head = f"<header><b>{html.escape(name)}</b>{tag}<time>20:14</time></header>"
    return (
        f'<article><i class="face" style="background:{colour}">{name[0].upper()}</i><div>{head}{inner}</div></article>'
    )


def _payload(payload: Component) -> str:
    content = _text(payload["content"]) if payload.get("content") else ""
    return content + "".join(map(_component, payload.get("components", ())))


def _component(component: Component) -> str:
    inner = "".join(map(_component, component.get("components", ())))
    match component["type"]:
        case 1:
            return f'<div class="row">{inner}</div>'
        case 2:
            off = " off" if component.get("disabled") else ""
            return f'<span class="button {_STYLES[component["style"]]}{off}">{html.escape(component["label"])}</span>'
        case 9:
            return f'<div class="section"><div>{inner}</div>{_component(component["accessory"])}</div>'
        case 10:
            return _text(component["content"])
        case 11:
            return f'<img src="{poster(component["media"]["url"])}">'
        case 14:
            return "<hr>"
        case 17:
            return f'<div class="card" style="border-left-color:#{component["accent_color"]:06x}">{inner}</div>'
        case other:
            raise ValueError(f"components of type {other} cannot be drawn")


def _text(text: str) -> str:
    return f'<div class="text">{markdown(text)}</div>'


def _line(line: str) -> str:
    mark = next((mark for mark in _LINES if line.startswith(mark)), "")
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(html.escape(match[1]))
        return f"\0{len(kept) - 1}\0"

    text = html.escape(_ESCAPED.sub(keep, line.removeprefix(mark)), quote=False)
    for pattern, becomes in _INLINE:
        text = pattern.sub(becomes, text)
    text = re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)
    return f"<{_LINES[mark]}>{text}</{_LINES[mark]}>"
