"""Items as they stand in a custom_id or in a choice of a list."""

from __future__ import annotations

import base64
import hashlib

from bot.conversation import Conversation

_LONGEST_ID = 80
_FIND = 200


def token_of(item_id: str, name: str) -> str:
    """An item in at most 80 characters that Discord hands back unchanged: `=id`, or `~digest:name` if that is too long.

    Columns of the catalogue change when it is rebuilt, ids do not.
    """
    if len(item_id) < _LONGEST_ID and item_id.isascii() and item_id.isprintable() and " " not in item_id:
        return f"={item_id}"
    return f"~{_digest(item_id)}:{_title_of(name)[:40]}"


def item_of(token: str, conversation: Conversation) -> str | None:
    """The item's id; None if the catalogue has nothing of that digest any more."""
    if token.startswith("="):
        return token[1:]
    digest, _, title = token[1:].partition(":")
    for typed in (title, title[:16], title[:6]):
        for item_id, _ in conversation.find(typed.strip(), _FIND):
            if _digest(item_id) == digest:
                return item_id
    return None


def _title_of(name: str) -> str:
    """A name without the year behind it: that is what `Conversation.find` looks through."""
    return name.split(" (")[0]


def _digest(item_id: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(item_id.encode()).digest()[:16]).decode().rstrip("=")
