"""What a reply did, before any word: kept with the turn, so that the next message can be read by it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from domain.frame import LastPlan


@dataclass(frozen=True, slots=True)
class Plan:
    """The moves of a reply and what they were about.

    Attributes:
        moves: what it did, in order: `domain.frame.DID`.
        slate: ids of the items that "the second one" would mean.
        focus: the one item that was spoken of last, if there is one.
        spoken: how many items the reply itself showed or spoke of.
        asked: what it asked: `domain.frame.ASKED`; empty if nothing.
        subject: id of the item that the person named or chose last.
        alike: ids of the items whose like was asked for, so that "but newer" can go on with it.
        sought: what was searched, so that "more" can go on with it.
        meant: (attribute, value, how surely) of what the messages so far describe as a whole.
    """

    moves: tuple[str, ...] = ()
    slate: tuple[str, ...] = ()
    focus: str | None = None
    spoken: int = 0
    asked: str = ""
    sought: tuple[str, ...] = ()
    subject: str | None = None
    alike: tuple[str, ...] = ()
    meant: tuple[tuple[str, str, float], ...] = ()

    @property
    def code(self) -> LastPlan:
        """The little of it that the reader is told."""
        did = next((move for move in ("recommend", "answer", "console", "close") if move in self.moves), "")
        did = did or (self.moves[-1] if self.moves else "start")
        asked = self.asked or ("other" if did == "ask" else "")
        return LastPlan(did, self.spoken if did in ("recommend", "answer") else 0, asked)

    def to_json(self) -> str:
        """The plan as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """The inverse of `to_json`; an empty plan where nothing was stored."""
        if not text:
            return cls()
        told = json.loads(text)
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        told["meant"] = tuple((attribute, value, chance) for attribute, value, chance in told.get("meant", ()))
        return cls(**told)
