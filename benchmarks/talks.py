"""Talks of several messages: how many replies do what the person asked for.

Files under ``benchmarks/talks`` hold what people write, one after another, and below each message what its reply has
to do, told of the catalogue's records and not of anybody's words. They were written without a look at any reply. Errors
of every second talk can be printed (``--errors``); those of the others never are, so that their figures stay blind.

A talk begins with ``## whose it is``, a message with ``> ``; lines below a message ask of its reply:

    = shows: genres = Comedy; year < 1990; mood = funny | witty    every item shown (most of them, for what is soft)
    = shows: title = Heat (1995)                                   one of those shown
    = shows: anything        = shows: nothing
    = hides: Heat (1995); Alien (1979)                             none of those shown
    = tells: Heat (1995): length; director                         what the record says of it
    = tells: 2: cast                                               of the second of those shown last
    = says: yes | sure       = never: horror                       words, in any case
"""

from __future__ import annotations

import argparse
import asyncio
import operator
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bot.conversation import Conversation
from bot.dialogue import NoDialogue
from bot.exchange import Incoming
from bot.history import History
from bot.models import Models, Serving, load_current
from bot.settings import Settings
from bot.texts import Texts
from domain.artifact import ArtifactError
from domain.catalog import Catalog, Item

FOLDER = Path(__file__).parent / "talks"
PEOPLE = "by"
"""Stands for whoever directs or plays."""
SOFT = frozenset({"theme", "mood", "ending", "basis"})
"""What two people may judge differently: most of the items shown have to have it, and not all."""
MOST = 0.6
NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_WANT = re.compile(r"(\w+) (=|!=|<=?|>=?) (.+)")


class TalkError(ValueError):
    """A file of talks is not one; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked of a reply: the word before the colon, and what is behind it, of each of several."""

    kind: str
    asked: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {'; '.join(self.asked)}"


@dataclass(frozen=True, slots=True)
class Said:
    """A message, and what its reply has to do."""

    text: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A talk: whose, in which language, what they say; the errors of an open one may be printed."""

    who: str
    language: str
    messages: tuple[Said, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it is judged: its words, the items it shows, and those that were shown last before it."""

    text: str
    shown: Sequence[Item]
    before: Sequence[Item]


def load(path: Path) -> list[Script]:
    """The talks of a file named after its language.

    Raises:
        TalkError: a line is none of those that the module describes.
    """
    talks: list[Script] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark, _, rest = line.strip().partition(" ")
        if mark == "##":
            talks.append(Script(rest, path.stem.split("-")[0], (), open=len(talks) % 2 == 0))
        elif mark == ">" and talks:
            talks[-1] = replace(talks[-1], messages=(*talks[-1].messages, Said(rest, ())))
        elif mark == "=" and talks and talks[-1].messages:
            kind, _, asked = rest.partition(": ")
            if kind not in JUDGES or not asked:
                raise TalkError(f"{path.name}, line {number}: {line}")
            *before, last = talks[-1].messages
            parts = (asked,) if kind == "tells" else tuple(part.strip() for part in asked.split(";"))
            last = replace(last, checks=(*last.checks, Check(kind, parts)))
            talks[-1] = replace(talks[-1], messages=(*before, last))
        elif line.strip():
            raise TalkError(f"{path.name}, line {number}: {line}")
    return talks


def named(catalog: Catalog, name: str) -> Item:
    """The item of such a title and year.

    Raises:
        TalkError: there is none.
    """
    for item in catalog:
        if item.name == name:
            return item
    raise TalkError(f"not in the catalogue: {name}")


def fits(item: Item, want: str) -> bool:
    """Whether an item is what is asked for: ``genres = Comedy | Drama``, ``year < 1990``, ``mood != bleak``.

    Raises:
        TalkError: it is no such thing.
    """
    read = _WANT.fullmatch(want)
    if read is None:
        raise TalkError(f"no want: {want}")
    attribute, sign, told = read.groups()
    if sign in NUMBERS:
        number = item.number(attribute)
        return number is not None and NUMBERS[sign](number, float(told))
    values = {value.strip() for value in told.split(" | ")}
    if attribute == "title":
        return item.name in values
    fields = ("director", "cast") if attribute == PEOPLE else (attribute,)
    there = {value for field in fields for value in item.values(field)}
    return bool(values & there) == (sign == "=")


def _shows(answer: Answer, check: Check, _: Catalog) -> bool:
    if check.asked == ("nothing",):
        return not answer.shown
    if check.asked == ("anything",):
        return bool(answer.shown)
    return bool(answer.shown) and all(_is_met(answer.shown, want) for want in check.asked)


def _is_met(shown: Sequence[Item], want: str) -> bool:
    fitting = [fits(item, want) for item in shown]
    attribute, sign, _ = want.split(" ", 2)
    if attribute == "title":
        return any(fitting)
    return sum(fitting) >= (MOST if attribute in SOFT and sign == "=" else 1) * len(fitting)


def _hides(answer: Answer, check: Check, catalog: Catalog) -> bool:
    return not {named(catalog, name).item_id for name in check.asked} & {item.item_id for item in answer.shown}


def _tells(answer: Answer, check: Check, catalog: Catalog) -> bool:
    """Whether a reply tells what the record of an item says of what was asked, and does so of no other item alone."""
    about, attributes = _asked_of(check)
    if about.isdecimal():
        if int(about) > len(answer.before):
            return False
        item = answer.before[int(about) - 1]
    else:
        item = named(catalog, about)
    others = (*answer.before, *answer.shown)
    if not _is_named(item, answer) and any(_is_named(other, answer) for other in others):
        return False
    return all(any(_is_told(word, answer.text) for word in _words(item, name, catalog)) for name in attributes)


def _is_named(item: Item, answer: Answer) -> bool:
    return any(title in answer.text for title in (item.title, *item.titles.values()))


def _asked_of(check: Check) -> tuple[str, list[str]]:
    """Of which item, by its name or its place, and which attributes."""
    about, _, attributes = check.asked[0].rpartition(": ")
    return about, [name.strip() for name in attributes.split(";")]


def _words(item: Item, attribute: str, catalog: Catalog) -> Iterator[str]:
    """Any of these in a reply tells an attribute."""
    number, levels = item.number(attribute), catalog.vocabulary.levels.get(attribute)
    if number is not None:
        yield from (names[int(number)] for names in levels.values()) if levels else (str(int(number)),)
    for value in item.values(attribute):
        yield value
        yield value.rpartition(" by ")[2]  # whose novel it was
        yield from (told[value] for told in catalog.vocabulary.translations.values() if value in told)


def _is_told(word: str, text: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(word.casefold())}(?!\d)", text.casefold()) is not None


def _says(answer: Answer, check: Check, _: Catalog) -> bool:
    return all(any(_is_told(word.strip(), answer.text) for word in one.split("|")) for one in check.asked)


def _never(answer: Answer, check: Check, _: Catalog) -> bool:
    return not any(_is_told(word.strip(), answer.text) for one in check.asked for word in one.split("|"))


JUDGES: Mapping[str, Callable[[Answer, Check, Catalog], bool]] = {
    "shows": _shows, "hides": _hides, "tells": _tells, "says": _says, "never": _never,
}  # fmt: skip


def unmet(answer: Answer, said: Said, catalog: Catalog) -> list[Check]:
    """What a reply does not do."""
    return [check for check in said.checks if not JUDGES[check.kind](answer, check, catalog)]


def faults(talks: Sequence[Script], catalog: Catalog) -> Iterator[str]:
    """What the catalogue cannot meet: titles that are not there, values of nothing, facts that no record tells."""
    for talk in talks:
        if not any(said.checks for said in talk.messages):
            yield f"{talk.who}: asks nothing"
        for check in (check for said in talk.messages for check in said.checks):
            try:
                if fault := _fault(check, catalog):
                    yield f"{talk.who}: {check}: {fault}"
            except TalkError as error:
                yield f"{talk.who}: {error}"


def _fault(check: Check, catalog: Catalog) -> str | None:
    if check.kind == "hides":
        for name in check.asked:
            named(catalog, name)
    if check.kind == "tells":
        about, attributes = _asked_of(check)
        item = None if about.isdecimal() else named(catalog, about)
        missing = [name for name in attributes if item and not list(_words(item, name, catalog))]
        return f"no record of {', '.join(missing)}" if missing else None
    if check.kind == "shows" and check.asked not in {("nothing",), ("anything",)}:
        wants = [want for want in check.asked if not want.startswith("title ")]
        for want in set(check.asked) - set(wants):
            for name in want.removeprefix("title = ").split(" | "):
                named(catalog, name)
        there = sum(all(fits(item, want) for want in wants) for item in catalog)
        return f"{there} items" if there < 3 and wants else None
    return None


async def hold(talk: Script, conversation: Conversation, catalog: Catalog) -> list[tuple[Said, Answer]]:
    """Say what somebody says, one message after another."""
    held: list[tuple[Said, Answer]] = []
    before: Sequence[Item] = ()
    for number, said in enumerate(talk.messages):
        reply = await conversation.turn(Incoming(f"{talk.who} {number}", talk.who, said.text))
        shown = [item for card in reply.cards if (item := catalog.get(card.item_id))] if reply else []
        held.append((said, Answer(reply.text if reply else "", shown, before)))
        before = shown or before
    return held


@dataclass(slots=True)
class Count:
    """Replies that do all that is asked, and all replies of whom something is."""

    good: int = 0
    all: int = 0

    def add(self, *, good: bool) -> None:
        """Count one reply."""
        self.good += good
        self.all += 1

    def __str__(self) -> str:
        return f"{self.good / max(self.all, 1):.3f} of {self.all}"


async def measure(talks: Sequence[Script], models: Models, *, errors: bool) -> None:
    """Hold all talks, each with somebody new, and print the share of replies that do all that is asked of them."""
    texts, catalog = Texts.load(), models.catalog
    serving = Serving(Path(), texts, replace(models, dialogue=NoDialogue()))
    counts: dict[str, Count] = {}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as threads:
        history = await History.open(Path(folder), "talks")
        conversation = Conversation(serving, history, texts, threads)
        for number, talk in enumerate(talks):
            who = replace(talk, who=f"{number} {talk.who}")
            for said, answer in await hold(who, conversation, catalog):
                missed = unmet(answer, said, catalog)
                kinds = {check.kind for check in said.checks}
                parts = [("all", not missed), ("open" if talk.open else "blind", not missed)] if kinds else []
                parts += [(f"language {talk.language}", not missed)] if kinds else []
                parts += [(kind, kind not in {check.kind for check in missed}) for kind in sorted(kinds)]
                for name, good in parts:
                    counts.setdefault(name, Count()).add(good=good)
                if errors and talk.open:
                    print(f"{'MISS' if missed else 'ok  '} {talk.language} {talk.who} > {said.text}")
                    if missed:
                        print(f"     {answer.text[:300]!r}\n     {' / '.join(map(str, missed))}")
        await history.close()
    for name, count in counts.items():
        print(f"{name}: {count}")


def main(arguments: list[str] | None = None) -> int:
    """Hold the talks with the bot that was built last; exit 2 with a sentence where it is not built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.talks", description=main.__doc__)
    parser.add_argument("--domain", default="movies", help="which artifacts to talk with")
    parser.add_argument("--files", nargs="*", type=Path, default=sorted(FOLDER.glob("*.txt")))
    parser.add_argument("--errors", action="store_true", help="print every second talk, and what is amiss in it")
    parser.add_argument("--check", action="store_true", help="hold none; print what the catalogue cannot meet")
    chosen = parser.parse_args(arguments)
    folder = Settings().artifacts / chosen.domain
    try:
        talks = [talk for path in chosen.files for talk in load(path)]
        models = load_current(folder, Texts.load(), lambda said: print(said, file=sys.stderr))
    except (ArtifactError, TalkError) as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.check:
        found = list(faults(talks, models.catalog))
        print("\n".join([*found, f"{len(talks)} talks, {sum(len(talk.messages) for talk in talks)} messages"]))
        return 1 if found else 0
    asyncio.run(measure(talks, models, errors=chosen.errors))
    return 0


if __name__ == "__main__":
    sys.exit(main())
