"""What a model is asked that was never trained on briefs: how it is done, and a few examples of it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from domain.prompt import Brief, ChatMessage, instructed, written

EXAMPLES = "examples.jsonl"
"""Briefs, a line each, with the parts of a reply that carries them out, as under training/replies."""
LANGUAGES = {
    "en": "English", "zh-CN": "Simplified Chinese", "es": "Spanish", "de": "German", "fr": "French", "pt": "Portuguese",
}  # fmt: skip


def ask(brief: Brief) -> list[ChatMessage]:
    """The chat that asks for a reply, in the language of its brief."""
    return instructed(brief, LANGUAGES.get(brief.language, brief.language), examples())


@cache
def examples() -> tuple[tuple[Brief, str], ...]:
    """Briefs and the replies that carry them out."""
    lines = (resources.files("bot") / EXAMPLES).read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    return tuple((Brief.from_json(one), written(one["opening"], one["lines"], one["close"])) for one in told)
