"""Annotated messages: a line each, which a person can read and write.

``last plan | acts and flags | text``, where ``{words|kind role}`` marks a mention and ``{words|question topic}`` a
question; ``theirs`` may follow a role, and ``= meaning`` ends a mark: ``start | request | a {comedy|value wanted} from
{the 90s|range wanted}``. A file's name tells domain and language: ``films.en.tastes.txt``. The annotators' guide is
`training/reader/README.md`.

``python -m training.annotation FILE …`` checks files.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.frame import Act, Flag, Frame, Kind, LastPlan, Mention, Role, Topic

FOLDER = Path(__file__).parent / "reader"
DOMAINS = ("films", "shop", "courses", "books", "music", "games", "any")
BARS = 2
_MARK = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
ALLOWED = {
    Kind.TITLE: {
        Role.LIKED, Role.DISLIKED, Role.SEEN, Role.WANTED, Role.UNWANTED, Role.LIKE_THIS, Role.ASKED, Role.CHOSEN,
        Role.REFUSED, Role.WITHDRAWN, Role.MENTIONED,
    },
    Kind.RANGE: {
        Role.LIKED, Role.DISLIKED, Role.WANTED, Role.UNWANTED, Role.AT_LEAST, Role.AT_MOST, Role.ASKED, Role.WITHDRAWN,
        Role.MENTIONED,
    },
    Kind.COUNT: {Role.WANTED},
}  # fmt: skip
"""The roles of a kind; every other kind has those of a title."""


class AnnotationError(ValueError):
    """A line that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """A message with its frame, and the last plan that it was written after."""

    text: str
    frame: Frame
    after: LastPlan
    domain: str
    place: str


def parse(line: str, domain: str, language: str, place: str = "") -> Annotated:
    """One annotated message.

    Raises:
        AnnotationError: it cannot be read.
    """
    try:
        code, doing, marked = _parts(line)
        after = LastPlan.parse(code.strip())
        acts, flags = _doing(doing)
        text, mentions = _unmarked(marked.strip().replace("\\n", "\n"))
    except ValueError as error:
        raise AnnotationError(f"{place}: {error}: {line[:120]!r}") from error
    return Annotated(text, Frame(frozenset(acts), mentions, frozenset(flags), language), after, domain, place)


def _parts(line: str) -> list[str]:
    if line.count(" | ") < BARS:
        raise ValueError("a line is: last plan | acts and flags | text")
    return line.split(" | ", BARS)


def _doing(words: str) -> tuple[set[Act], set[Flag]]:
    acts, flags = set(), set()
    for word in words.split():
        if word in _VALUES[Act]:
            acts.add(Act(word))
        elif word in _VALUES[Flag]:
            flags.add(Flag(word))
        else:
            raise ValueError(f"{word!r} is neither an act nor a flag")
    if not acts:
        raise ValueError("no act is given")
    return acts, flags


_VALUES = {enum: {member.value for member in enum} for enum in (Act, Flag)}


def _unmarked(marked: str) -> tuple[str, tuple[Mention, ...]]:
    text, mentions, end = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[end : match.start()]
        words, says = match.groups()
        if words != words.strip():
            raise ValueError(f"{words!r} begins or ends with a space")
        mentions.append(_mention(len(text), len(text) + len(words), says))
        text += words
        end = match.end()
    text += marked[end:]
    if not text.strip():
        raise ValueError("the message is empty")
    if set(text) & set("{}"):
        raise ValueError("a brace is left over: marks do not nest")
    return text, tuple(mentions)


def _mention(start: int, end: int, says: str) -> Mention:
    labels, _, means = says.partition("=")
    kind, *rest = labels.split()
    if kind == Kind.QUESTION.value:
        if len(rest) != 1:
            raise ValueError(f"{says!r}: a question has a topic and nothing else")
        return Mention(start, end, Kind.QUESTION, topic=Topic(rest[0]), means=means.strip())
    if not rest or len(rest) > 2 or (len(rest) == 2 and rest[1] != "theirs"):
        raise ValueError(f"{says!r} is not a kind, a role and perhaps 'theirs'")
    role = Role(rest[0])
    if role not in ALLOWED.get(Kind(kind), ALLOWED[Kind.TITLE]):
        raise ValueError(f"{says!r}: a {kind} cannot be {role.value}")
    return Mention(start, end, Kind(kind), role, theirs=len(rest) == 2, means=means.strip())


def render(annotated: Annotated) -> str:
    """The line that `parse` reads as this."""
    text, end = "", 0
    for mention in annotated.frame.mentions:
        label = mention.topic.value if mention.topic else mention.role.value if mention.role else ""
        says = f"{mention.kind.value} {label}{' theirs' if mention.theirs else ''}"
        says += f" = {mention.means}" if mention.means else ""
        text += f"{annotated.text[end : mention.start]}{{{annotated.text[mention.start : mention.end]}|{says}}}"
        end = mention.end
    text = (text + annotated.text[end:]).replace("\n", "\\n")
    acts = [act.value for act in Act if act in annotated.frame.acts]
    flags = [flag.value for flag in Flag if flag in annotated.frame.flags]
    return f"{annotated.after} | {' '.join([*acts, *flags])} | {text}"


def load(paths: Iterable[Path]) -> Iterator[Annotated]:
    """The messages of files; empty lines and those that begin with # are none.

    Raises:
        AnnotationError: of a file's name, or of a line.
    """
    for path in paths:
        domain, language = told_by_name(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                yield parse(line, domain, language, f"{path.name}:{number}")


def told_by_name(path: Path) -> tuple[str, str]:
    """The domain and the language of a file.

    Raises:
        AnnotationError: its name does not tell them.
    """
    domain, language, *_ = (*path.name.split("."), "")
    if domain not in DOMAINS or not re.fullmatch(r"[a-z]{2}", language):
        raise AnnotationError(f"{path.name}: a name is DOMAIN.LANGUAGE.what-is-in-it.txt, of {', '.join(DOMAINS)}")
    return domain, language


def main(arguments: Sequence[str] | None = None) -> int:
    """Check files: print what is wrong with each line, then how much there is; exit 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m training.annotation", description=main.__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    wrong, seen = 0, set()
    for path in parser.parse_args(arguments).files:
        count = 0
        try:
            domain, language = told_by_name(path)
        except AnnotationError as error:
            print(error)
            wrong += 1
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                message = parse(line, domain, language, f"{path.name}:{number}")
            except AnnotationError as error:
                print(error)
                wrong += 1
                continue
            count += 1
            key = (str(message.after), message.text)
            if key in seen:
                print(f"{message.place}: the same message stands twice")
                wrong += 1
            seen.add(key)
        print(f"{path.name}: {count} messages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
