"""What the person is doing with a message, the act that decides the reply, by rules alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.meaning import Intent
from domain.phrases import Phrases, made_of

_STATES = re.compile(
    r"\b(?:i|i'm|i've|we|my)\b.*\b(?:like|love|hate|enjoy|prefer|dislike|favou?rite|watch|seen|saw)\b|我.*喜欢"
)
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|we|my)\b|我")
_BARE_ANSWER = re.compile(r"\W?\w[\w'’.-]*(?:[ ,]+[\w'’.&-]+){0,4}\W?")
"""A few words in answer to a question: they may be a name that nobody knows."""
_WHY = re.compile(r"\W*wh?ya?\b|为什么")
_ALIKE = re.compile(r"\b(?:like|similar|instead|more of|got|have you|older|newer|shorter|longer)\b")
_WISH = re.compile(r"something|anything|recommend|suggest|another")


@dataclass(frozen=True, slots=True)
class Signals:
    """What else is known of a message when its intent is judged.

    Attributes:
        masked: lower case, titles masked as ``@@@``.
        names: items are named or pointed at.
        likes: one of them favourably.
        stances: a liking, a disliking or a having seen is stated of one of them.
        constraints: attributes are wanted or unwanted.
        shown: the bot showed items before.
        asked: the bot asked a question before.
        points: they, or what was shown as a whole, are pointed at.
        compares: what was shown is compared by a number.
        chooses: the message is nothing but words that point at one item: "the second one".
    """

    masked: str
    names: bool
    likes: bool
    stances: bool
    constraints: bool
    shown: bool
    asked: bool
    points: bool = False
    compares: bool = False
    chooses: bool = False


def intent_of(e: Signals, phrases: Phrases) -> Intent:
    """The intent of a message; the order of the questions is the order of their weight."""
    text = e.masked.strip()
    if not re.search(r"[^\W_]|@", text):
        return "other"
    if made_of(phrases.greet, text):
        return "greet"
    if phrases.insult.search(text) and not e.names:
        return "chat"
    if (phrases.kinds.search(text) and not e.names) or (phrases.earlier.search(text) and e.shown and not e.stances):
        return "chat"
    requests = bool(phrases.request.search(text))
    if phrases.no_questions.search(text) and not phrases.retract.search(text):
        return "recommend"
    if "meant" in text and e.constraints and not e.names:
        return "critique"
    if phrases.correct.search(text) and not (requests and e.names):
        return "correct"
    if made_of(phrases.leave, text) or (phrases.leave.search(text) and not e.constraints and not requests):
        return "leave"
    wishes = _WISH.search(text) and not _WHY.match(text)
    asked = phrases.question.search(text) and e.points and not e.stances and not _ALIKE.search(text)
    judged = phrases.fit.search(text) or phrases.compare.search(text) or (e.shown and asked and not wishes)
    if e.compares:
        return "ask_item"
    if (e.names or e.shown) and (judged or (phrases.ask_item.search(text) and not wishes)):
        return "ask_item"
    takes = phrases.accept_anywhere.search(text) and not (requests and text.endswith("?"))
    if not e.constraints and (made_of(phrases.accept, text) or takes):
        return "chat" if phrases.thanks.search(text) and not e.shown else "accept"
    if e.shown and e.chooses:
        return "accept"
    if e.shown:
        answer = _answer_to_a_slate(e, phrases, text)
        if answer:
            return answer
    if made_of(phrases.reject, text) and not e.names:
        return "reject"
    return _statement(e, phrases, text, requests)


def _answer_to_a_slate(e: Signals, phrases: Phrases, text: str) -> Intent | None:
    if e.constraints and phrases.critique.search(text):
        return "critique"
    if phrases.critique_part.search(text) and (e.points or not e.names):
        return "critique"
    if phrases.praise_part.search(text) and not e.names:
        return "accept"
    if phrases.reject.search(text) and not e.likes:
        return "critique" if e.constraints else "reject"
    return None


def _statement(e: Signals, phrases: Phrases, text: str, requests: bool) -> Intent:
    if requests or (e.constraints and text.endswith("?")):
        return "recommend"
    if e.names:
        return "prefer"
    if e.constraints:
        return "prefer" if e.asked or _FIRST_PERSON.search(text) else "recommend"
    if phrases.chat.search(text):
        return "chat"
    return "prefer" if _STATES.search(text) or (e.asked and _BARE_ANSWER.fullmatch(text)) else "other"
