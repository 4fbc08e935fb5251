"""Does it know its things: half-remembered plots, questions of fact, people, themes, and what it has and has not.

Every message is said by somebody new to the bot as it ships, with slates of five. The messages were written by people
who saw no record of the catalogue; none was used to choose anything (those in training/search were). Beside: BM25 over
the same texts, and meaning alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.conversation import Conversation
from bot.dialogue import NoDialogue
from bot.exchange import Incoming, Reply
from bot.history import History
from bot.models import Models, Serving, load_current
from bot.settings import Settings
from bot.texts import Texts
from domain.artifact import ArtifactError
from domain.catalog import Catalog, Item, Vocabulary
from domain.languages import known
from domain.linking import normal
from domain.searching import indexed, telling, words

QUESTIONS = Path(__file__).parent / "questions"
SHOWN = 5
UNKNOWN = ("do not know", "not in my catalogue", "cannot tell", "does not have", "nothing more about it", "beyond me")
"""What an answer says that tells nothing."""
RECENT = 2010
_UNDER, _DECADE = re.compile(r"under (\d+) minutes"), re.compile(r"(\d{3})0s")
Row = Mapping[str, Any]
Levels = Mapping[str, Mapping[str, Sequence[str]]]


def rows(domain: str, name: str) -> list[Row]:
    """One set of questions; empty if a domain has none."""
    path = QUESTIONS / domain / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


class Talk:
    """The bot as it ships, with templates alone, since words are not measured; each message is by somebody new."""

    def __init__(self, models: Models, history: History, threads: ThreadPoolExecutor) -> None:
        self.models = replace(models, dialogue=NoDialogue())
        serving = Serving(Path(), Texts.load(), self.models)
        self._conversation = Conversation(serving, history, Texts.load(), threads, slate=SHOWN)
        self._people = 0

    async def says(self, text: str) -> Reply:
        """The reply to somebody who has said nothing before."""
        self._people += 1
        reply = await self._conversation.turn(Incoming(str(self._people), f"person {self._people}", text))
        assert reply is not None
        return reply

    def shown(self, reply: Reply) -> list[Item]:
        """The items of a reply."""
        return [item for card in reply.cards if (item := self.models.catalog.get(card.item_id))]


def is_of(item: Item, row: Row) -> bool:
    """Whether an item is the one that a row is about; titles are written in several ways."""
    names = {_plain(name) for name in (item.title, *item.other_names)}
    return bool(_plain(row["title"]) in names) and abs((item.year or 0) - row["year"]) <= 1


def _plain(title: str) -> str:
    return re.sub(r"^(?:the|a|an) |\W", "", normal(title))


# Questions of fact


def verdict(row: Row, said: str, names: Sequence[str], levels: Levels) -> str:
    """``right``, ``wrong`` or ``unknown``; what is told of another film is wrong, if it tells what was asked.

    Args:
        row: the question.
        said: the answer.
        names: of the item that was asked about.
        levels: what graded numbers are called, by attribute and language.
    """
    if not any(name in said for name in names):
        return "unknown"
    reader = YES_OR_NO.get(row["attribute"]) if row["answers"][0] in ("yes", "no") else None
    plain = said.casefold()
    told = row["attribute"] != "length" and row["answers"][0] not in ("yes", "no")
    if row["answers"] == ["no"] and not reader:
        return "right" if any(no in said for no in NO) else "wrong"
    if told and any(answer.casefold() in plain for answer in row["answers"]):
        return "right"
    if any(word in said for word in UNKNOWN):
        return "unknown"
    if reader:
        found = reader(said, re.sub(re.escape(row["title"]), "", row["text"], flags=re.IGNORECASE), levels)
        return "unknown" if found is None else "right" if found == (row["answers"][0] == "yes") else "wrong"
    if row["answers"] == ["yes"]:  # "is Al Pacino in it?"
        return "right" if "yes" in said.lower() or names_in(row["text"]) & set(said.lower().split()) else "wrong"
    if row["attribute"] == "length":
        minutes = [int(number) for number in re.findall(r"(\d{2,3}) ?(?:minutes|minutos|Minuten|分钟)", said)]
        return "right" if any(abs(m - int(a)) <= 2 for m in minutes for a in row["answers"]) else "wrong"
    return "wrong"


def in_all_languages(answers: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """Answers, and what the catalogue calls them in the languages of its replies: "Italian", "Italienisch"."""
    called = (told.get(answer) for told in vocabulary.translations.values() for answer in answers)
    return list(dict.fromkeys((*answers, *filter(None, called))))


def names_in(text: str) -> set[str]:
    """The words of a question that may be parts of names."""
    return {word.lower().strip("?.,") for word in text.split() if len(word) > 3}


Read = Callable[[str, str, Levels], bool | None]
"""A reply, its question, what levels are called -> what it answers."""


def _level(attribute: str, levels: Levels, said: str) -> int | None:
    """Which level of an attribute a reply tells, in any language: by the longest of their names that stands in it."""
    told = [(len(name), at) for names in levels[attribute].values() for at, name in enumerate(names) if name in said]
    return max(told)[1] if told else None


def _graded(attribute: str) -> Read:
    def read(said: str, _: str, levels: Levels) -> bool | None:
        level = _level(attribute, levels, said)
        if level is None:
            return True if YES_FIRST.match(said) else False if NO_FIRST.match(said) else None
        return level > 1

    return read


def _age(said: str, asked: str, levels: Levels) -> bool | None:
    years, level = re.search(r"\d+", asked), _level("age", levels, said)
    return None if level is None else level <= int(years[0] if years else 7)


NO = (
    "Not that I know",
    "No, not ",
    "Que yo sepa, no",
    "Soweit ich weiß, nicht",
    "Pas à ma connaissance",
    "Que eu saiba, não",
    "据我所知不是",
)
"""How a reply denies a value."""


YES_FIRST = re.compile(r"(?:Yes|Sí|Ja|Oui|Sim|是的)\b")
NO_FIRST = re.compile(r"(?:No|Nein|Non|Não)\b|不是")


def _part(said: str, _: str, levels: Levels) -> bool | None:
    if part := re.search(r"part (\d+) of", said):
        return int(part[1]) > 1
    return True if YES_FIRST.match(said) else False if NO_FIRST.match(said) else None


def _among(yes: Sequence[str], no: Sequence[str]) -> Read:
    def read(said: str, _: str, levels: Levels) -> bool | None:
        denied = any(re.search(rf"{words} ?[(（](?:a )?{value}", said) for words in NO for value in yes)
        denied = denied or any(re.match(rf"No, not (?:a )?{value}, as far as I know", said) for value in yes)
        if denied:
            return False
        return True if any(value in said for value in yes) else False if any(word in said for word in no) else None

    return read


YES_OR_NO: Mapping[str, Read] = {
    "scary": _graded("scary"),
    "violent": _graded("violence"),
    "sad": _graded("sadness"),
    "age": _age,
    "series": _part,
    "true_story": _among(
        ("true story", "hechos reales", "wahre Geschichte", "histoire vraie", "fatos reais", "真实事件"),
        (
            "invented",
            "screenplay",
            "novel",
            "book",
            "play",
            "comic",
            "guion",
            "Drehbuch",
            "scénario",
            "roteiro",
            "剧本",
        ),
    ),
    "animated": _among(
        ("animation", "animación", "Animation", "animação", "动画"),
        ("live action", "live-action", "documentary", "imagen real", "Realfilm", "prises de vues réelles", "真人"),
    ),
}


# What is shown


def fits(item: Item, want: str, pairs: Callable[[str], Sequence[tuple[str, str]]]) -> bool:
    """Whether an item is what somebody wants: by its values where the words stand for some, else by its words.

    Of several wants with bars between, any is enough: what no one value tells.
    """
    if " | " in want:
        return any(fits(item, one, pairs) for one in want.split(" | "))
    refused = re.match(r"(?:no|not|nothing|without)(?: an?| too)? (.+)", want)
    if refused:
        return not fits(item, refused[1], pairs)
    named = pairs(want)
    if named:
        return any(value in item.values(attribute) for attribute, value in named)
    if limit := _UNDER.fullmatch(want):
        return (item.number("length") or 999) < int(limit[1])
    if want == "recent":
        return (item.year or 0) >= RECENT
    if decade := _DECADE.fullmatch(want):
        return (item.year or 0) // 10 == int(decade[1])
    known = set(words(indexed(item)))
    return any(word in known for word in words(want))


def share(hits: Iterable[bool]) -> str:
    """A share and what it is of."""
    found = list(hits)
    return f"{sum(found) / max(len(found), 1):.3f} of {len(found)}"


async def plots(talk: Talk, some: Sequence[Row]) -> None:
    """Half-remembered plots: whether the film is among the five shown."""
    asking = frozenset(talk.models.catalog.vocabulary.asking)
    hits: dict[str, list[bool]] = {"Parley": [], "BM25": [], "meaning": []}
    by_language: dict[str, list[bool]] = {}
    for row in some:
        hit = any(is_of(item, row) for item in talk.shown(await talk.says(row["text"])))
        hits["Parley"].append(hit)
        by_language.setdefault(row["language"], []).append(hit)
        for name, scores in talk.models.search.apart(row["text"], telling(row["text"], asking)).items():
            best = [talk.models.catalog[int(at)] for at in np.argsort(-scores, kind="stable")[:SHOWN]]
            hits[name].append(any(is_of(item, row) for item in best))
    for name, found in hits.items():
        print(f"plots, {name}: among {SHOWN} shown {share(found)}")
    print("  by language: " + ", ".join(f"{language} {share(found)}" for language, found in by_language.items()))


async def facts(talk: Talk, some: Sequence[Row], *, errors: bool) -> None:
    """Questions of fact: right, wrong and unknown."""
    found: Counter[str] = Counter()
    by_attribute: dict[str, Counter[str]] = {}
    for row in some:
        said = (await talk.says(row["text"])).text
        about = (item for item in talk.models.catalog if is_of(item, row))
        names = [title for item in about for title in (item.title, *item.titles.values())]
        vocabulary = talk.models.catalog.vocabulary
        how = verdict({**row, "answers": in_all_languages(row["answers"], vocabulary)}, said, names, vocabulary.levels)
        found[how] += 1
        by_attribute.setdefault(row["attribute"], Counter())[how] += 1
        if errors and how != "right":
            print(f"  {how}: {row['text']} -> {said[:160]} (asked for {row['answers'][:3]})")
    total = sum(found.values())
    print("facts: " + ", ".join(f"{how} {found[how] / total:.3f}" for how in ("right", "wrong", "unknown")))
    print("  " + ", ".join(f"{name} {counts['right']}/{sum(counts.values())}" for name, counts in by_attribute.items()))


async def people(talk: Talk, some: Sequence[Row], *, errors: bool) -> None:
    """Requests by a person: the share of what is shown that has the person in it, and the genre that was asked for."""
    good: list[bool] = []
    answered: list[bool] = []
    for row in some:
        shown = talk.shown(await talk.says(row["text"]))
        answered.append(bool(shown))
        for item in shown:
            there = row["person"] in (*item.values("director"), *item.values("cast"))
            kind = "genre" not in row or (row["genre"] in item.values("genres")) == row["include"]
            good.append(there and kind)
            if errors and not good[-1]:
                print(f"  {row['text']} -> {item.name}")
    print(f"people: shown that fit {share(good)}; something shown for {share(answered)}")


async def themes(talk: Talk, some: Sequence[Row], *, errors: bool) -> None:
    """Requests by what a film is: the share of what is shown that fits all that was asked for."""
    good: list[bool] = []
    for row in some:
        shown = talk.shown(await talk.says(row["text"]))
        for item in shown:
            good.append(all(fits(item, want, talk.models.resolver.values_of) for want in row["wants"]))
            if errors and not good[-1]:
                print(f"  {row['text']} {row['wants']} -> {item.name} {item.values('theme')} {item.values('mood')}")
        if errors and not shown:
            print(f"  {row['text']} -> nothing shown")
    print(f"themes: shown that fit {share(good)}")


def _names_a_title(catalog: Catalog, text: str) -> bool:
    """Whether a reply names an item as it is written, in any language: "Yes, I have Heat"."""
    titles = (title for item in catalog for title in (item.title, *item.titles.values()))
    return any(re.search(rf"(?<!\w){re.escape(title)}(?!\w)", text) for title in titles if title in text)


TEXTS_OF: Mapping[str, Callable[[Item], str]] = {
    "title": lambda item: item.title,
    "title or description": lambda item: f"{item.title} {item.description or ''}",
}
"""By which texts an item is judged to be what was asked for."""


def _has(row: Row, items: Iterable[Item], text: str) -> bool:
    """Whether a text of some of the items has one of the words that a row asks for."""
    said = [TEXTS_OF[text](item).lower() for item in items]
    return any(re.search(rf"\b{re.escape(word)}s?\b", one) for word in row["words"] for one in said)


def _by_words(models: Models, text: str) -> list[Item]:
    """What BM25 alone would show; nothing where it knows none of the words."""
    scores = models.search.apart(text, telling(text, frozenset(models.catalog.vocabulary.asking)))["BM25"]
    return [models.catalog[int(at)] for at in np.argsort(-scores, kind="stable")[:SHOWN] if scores[at] > 0]


OF_NONE = ("conversation.unknown_people", "conversation.nearest", "slate.unmet", "slate.unmet_people", "slate.unknown")
"""The sentences that tell that something is not there, before the nearest that is."""


def says_that_there_is_none(reply: str) -> bool:
    """Whether a reply, in any language, has a sentence that tells that what was asked for is not there."""
    texts = Texts.load()
    forms = (form for language in sorted(known()) for key in OF_NONE for form in texts.variants(key, language))
    pieces = (max(re.split(r"\{\w+\}", form), key=len).strip(" .,:;“”„«»") for form in forms)
    return any(piece in reply for piece in pieces)


async def absence(talk: Talk, some: Sequence[Row], *, errors: bool) -> None:
    """What is not there is told, and what is there is not denied; with words, whether what is shown is it."""
    told, said, denied = [], [], []
    found: list[list[bool]] = []
    for row in some:
        reply = await talk.says(row["text"])
        shown = talk.shown(reply)
        if row["present"]:
            denied.append(not shown and not _names_a_title(talk.models.catalog, reply.text))
            if "words" in row:
                beside = _by_words(talk.models, row["text"])
                found.append([_has(row, items, text) for text in TEXTS_OF for items in (shown, beside)])
        else:
            told.append(not shown)
            said.append(not shown or says_that_there_is_none(reply.text))
        if errors and bool(shown) != row["present"]:
            print(f"  {'denied' if row['present'] else 'not told'}: {row['text']} -> {reply.text[:120]}")
    print(f"absence told {share(told)}, or the nearest shown beside it {share(said)}; presence denied {share(denied)}")
    for at, name in enumerate(TEXTS_OF if found else ()):
        ours, by_words = ([row[2 * at + who] for row in found] for who in (0, 1))
        both = [one for one, other in zip(ours, by_words, strict=True) if other]
        print(f"asked for, and told by the {name} of one shown: {share(ours)}")
        print(f"  BM25 {share(by_words)}; of what it finds: {share(both)}")


async def _run(chosen: argparse.Namespace, models: Models) -> None:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as threads:
        history = await History.open(Path(folder), "knowledge")
        talk = Talk(models, history, threads)
        for name, measure in (("facts", facts), ("people", people), ("themes", themes), ("absent", absence)):
            if some := rows(chosen.questions, name):
                await measure(talk, some, errors=chosen.errors)
        if some := rows(chosen.questions, "plots"):
            await plots(talk, some)
        await history.close()


def main(arguments: list[str] | None = None) -> int:
    """Ask a domain its questions and print what came; exit 2 with a sentence where it is not built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.knowledge", description=main.__doc__)
    parser.add_argument("--domain", default="movies", help="which artifacts to ask")
    parser.add_argument("--questions", default="films", help="folder of benchmarks/questions")
    parser.add_argument("--errors", action="store_true", help="print what was not right")
    chosen = parser.parse_args(arguments)
    try:
        models = load_current(
            Settings().artifacts / chosen.domain, Texts.load(), lambda said: print(said, file=sys.stderr)
        )
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    asyncio.run(_run(chosen, models))
    return 0


if __name__ == "__main__":
    sys.exit(main())
