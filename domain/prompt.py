"""A brief -> the dialogue model's prompt; the one place where training and serving agree on it.

Titles never reach the model: ``@1`` stands for the first recommended item, ``#1`` for the first item that the person
likes. So the model cannot misspell a title, and cannot name one that it was not given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from domain.catalog import Catalog, Item
from domain.phrasing import Phrasing

PLACEHOLDER = re.compile(r"[@#]\d+")

BriefAct = Literal["recommend", "ask", "answer"]


@dataclass(frozen=True, slots=True)
class BriefItem:
    """What the model is told of one item.

    Attributes:
        values: e.g. ``("crime", "thriller")``.
        numbers: e.g. ``("106 minutes", "1995")``.
        because: which liked item (1, 2, …) speaks for it; None if none.
        shared: the values that it has in common with that item.
        meets: the wishes that it satisfies, as words.
        popular: whether many people like it.
        stands_out: what it is beside the others ("shortest"); empty if nothing.
    """

    values: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    because: int | None = None
    meets: tuple[str, ...] = ()
    popular: bool = False
    stands_out: str = ""
    shared: tuple[str, ...] = ()


def brief_item(
    item: Item,
    phrasing: Phrasing,
    catalog: Catalog,
    because: tuple[int, Item] | None = None,
    meets: tuple[str, ...] = (),
    stands_out: str = "",
) -> BriefItem:
    """What the model is told of an item: its first values of the domain's main attribute, its numbers, its year.

    Args:
        item: to be told of.
        phrasing: how facts are written.
        catalog: of the item.
        because: the liked item that speaks for it, and its number.
        meets: the wishes that it satisfies, as words.
        stands_out: what it is beside the others.
    """
    ask = catalog.vocabulary.ask
    values = phrasing.values(item, ask[0], wanted=meets) if ask else ()
    alike = set(phrasing.values(because[1], ask[0], most=len(because[1].values(ask[0])))) if ask and because else set()
    shared = tuple(value for value in values if value in alike)
    numbers = (*phrasing.amounts(item), *((f"{item.year}",) if item.year else ()))
    popular = item.popularity >= catalog.popular_from
    return BriefItem(values, numbers, because[0] if because else None, meets, popular, stands_out, shared)


@dataclass(frozen=True, slots=True)
class Brief:
    """What the model has to say, and all that it may say it with.

    Attributes:
        act: recommend the items; ask for an attribute; answer a question about the first item.
        noun: what an item is called ("film").
        items: those to name, each once.
        unmet: wishes that nothing satisfies, which has to be admitted.
        again: something else was shown before.
        topic: the attribute to ask or to tell.
        options: values to offer with a question.
        value: the value to tell; None if it is not known, which has to be admitted.
    """

    act: BriefAct
    noun: str
    items: tuple[BriefItem, ...] = ()
    unmet: tuple[str, ...] = ()
    again: bool = False
    topic: str = ""
    options: tuple[str, ...] = ()
    value: str | None = None


def render(brief: Brief) -> str:
    """The prompt, in the chat format of the base model, up to where the reply begins."""
    return f"<|im_start|>user\n{_task(brief)}<|im_end|>\n<|im_start|>assistant\n"


END = "<|im_end|>"
"""What ends a reply."""


def _task(brief: Brief) -> str:
    lines = [f"{brief.act} {brief.noun}{' again' if brief.again else ''}"]
    if brief.unmet:
        lines.append(f"unmet: {', '.join(brief.unmet)}")
    lines += [_item(n, item) for n, item in enumerate(brief.items, start=1)]
    if brief.act == "ask":
        lines.append(f"topic: {brief.topic}; options: {', '.join(brief.options)}")
    if brief.act == "answer":
        lines.append(f"topic: {brief.topic}; value: {brief.value or 'unknown'}")
    return "\n".join(lines)


def _item(n: int, item: BriefItem) -> str:
    facts = "; ".join(part for part in (", ".join(item.values), ", ".join(item.numbers)) if part)
    because = f" | because #{item.because}" if item.because else ""
    because += f", also {', '.join(item.shared)}" if item.shared else ""
    meets = f" | wanted: {', '.join(item.meets)}" if item.meets else ""
    popular = " | popular" if item.popular else ""
    stands_out = f" | {item.stands_out}" if item.stands_out else ""
    return f"@{n}: {facts}{because}{meets}{popular}{stands_out}"


def fill(reply: str, items: Sequence[str], liked: Sequence[str]) -> str:
    """A reply with names in the place of its placeholders.

    Args:
        reply: with ``@1``, ``#1``, …
        items: what ``@1``, ``@2``, … stand for.
        liked: what ``#1``, ``#2``, … stand for.

    Raises:
        IndexError: the reply has a placeholder that stands for nothing.
    """

    def name(match: re.Match[str]) -> str:
        names = items if match.group()[0] == "@" else liked
        number = int(match.group()[1:])
        if number < 1:
            raise IndexError(match.group())
        return names[number - 1]

    return PLACEHOLDER.sub(name, reply)
