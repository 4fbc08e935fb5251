"""What the default films are: records written by hand, read whole or refused, and joined to the catalogue.

The files are JSON lines under `films/`; what their fields mean stands in README.md beside them.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FILMS = FOLDER / "films"
LAST_KNOWN = "December 2025"
"""The month up to which films are known: later ones are told to be beyond the catalogue."""

STANDING = FOLDER / "standing.tsv"
"""How well known each film is today, 0 to 9, and how highly those who saw it think of it, 1 to 9."""
KNOWN_TO = (0, 1, 2, 5, 10, 18, 30, 50, 80, 120)
"""As well known as what so many people have rated, at least, is a film by how well known it is today."""
LISTS = ("director", "cast", "country", "studio", "colour", "theme", "mood", "genres")
TITLES = ("zh", "es", "de", "fr", "pt", "original")
"""Fields that hold titles in another language."""
SPOKEN: Mapping[str, tuple[str, ...]] = {
    "zh-CN": ("Mandarin", "Cantonese"), "es": ("Spanish",), "de": ("German",), "fr": ("French",),
    "pt": ("Portuguese",),
}  # fmt: skip
"""The languages of films whose original title is the one by which their speakers know them."""
INTENSITIES = ("scary", "violence", "sex", "sadness")
FORMS = ("live action", "animation", "documentary")
COLOURS = ("black and white", "colour")
ENDINGS = ("happy", "bittersweet", "sad", "open")
GENRES = frozenset(
    """
    Action Adventure Animation Children Comedy Crime Documentary Drama Fantasy Film-Noir Horror Musical Mystery Romance
    Sci-Fi Thriller War Western
    """.split()
)
OTHERS: Mapping[str, str] = {"zh-CN": "_zh", "es": "_es", "de": "_de", "fr": "_fr", "pt": "_pt"}
"""The languages beside English in which premises and pitches are written, and how the names of these fields end."""
WRITTEN = tuple(f"{name}{end}" for name in ("premise", "pitch") for end in ("", *OTHERS.values()))
TEXTS = (*WRITTEN, "known_for", "subjects", "language", "form", "ending", "series", "based_on")
FIELDS = frozenset(
    ("id", "title", "year", "length", "age", "part", "true_story", "standalone", *LISTS, *TITLES, *INTENSITIES, *TEXTS)
)
MOST_WORDS: Mapping[str, int] = {"premise": 25, "pitch": 24, "known_for": 40, "subjects": 40}
MOST_CHARACTERS: Mapping[str, int] = {
    "premise_zh": 60, "pitch_zh": 45, **{f"premise{end}": 200 for end in ("_es", "_de", "_fr", "_pt")},
    **{f"pitch{end}": 140 for end in ("_es", "_de", "_fr", "_pt")},
}  # fmt: skip
RANGES: Mapping[str, tuple[int, int]] = {
    "age": (0, 18), "length": (1, 900), "part": (0, 60), "year": (1888, 2030), **dict.fromkeys(INTENSITIES, (0, 3)),
}  # fmt: skip
STUDIOS = frozenset(
    (
        "Pixar", "Walt Disney", "Studio Ghibli", "DreamWorks Animation", "Illumination", "Aardman", "Laika",
        "Blue Sky Studios", "Sony Pictures Animation", "Cartoon Saloon", "Marvel Studios", "A24", "Blumhouse",
        "Hammer Film Productions", "Working Title",
    )
)  # fmt: skip
"""Studios by whose name people ask for films; others are not told."""
COUNTS: Mapping[str, tuple[int, int]] = {"theme": (2, 6), "mood": (1, 3), "cast": (1, 5), "genres": (1, 5)}

BASES: Mapping[str, str] = {
    r"\b(?:novels?|novella|book series)\b": "a novel",
    r"\bshort stor(?:y|ies)\b": "a short story",
    r"\boriginal screenplay\b": "an original screenplay",
    r"\bplay\b": "a play",
    r"\bcomics?\b|\bgraphic novel\b|\bmanga\b": "a comic book",
    r"\bvideo games?\b": "a video game",
    r"\bfairy tales?\b": "a fairy tale",
    r"\b(?:tv|television) (?:series|show)\b": "a television series",
    r"\bfilm\b": "another film",
    r"\bmusical\b": "a musical",
    r"\b(?:memoirs?|(?:auto)?biography|books?)\b": "a book",
}
"""What a film may be based on, by the words of `based_on`; the first that fits."""


ALONE = "none, it stands alone"
"""What is told of the series of a film that belongs to none."""


class KnowledgeError(Exception):
    """A record cannot be used; the message is a sentence: file, line, what is wrong."""


@dataclass(frozen=True, slots=True)
class Record:
    """One film as it was written down.

    Attributes:
        where: file and line, for messages.
        facts: field -> value, as README.md has them.
    """

    where: str
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Title and year."""
        return f"{self.facts['title']} ({self.facts['year']})"

    @property
    def item_id(self) -> str:
        """The film's id in the catalogue; of one that nobody has rated, one made of its title and year."""
        if "id" in self.facts:
            return str(self.facts["id"])
        plain = unicodedata.normalize("NFKD", self.facts["title"]).encode("ascii", "ignore").decode().lower()
        slug = "-".join(re.findall(r"[a-z0-9]+", plain))
        return f"new:{slug}-{self.facts['year']}"

    @property
    def is_new(self) -> bool:
        """Whether the catalogue of rated films lacks it: then the record names its genres."""
        return "genres" in self.facts


@cache
def vocabulary(name: str) -> Mapping[str, Mapping[str, Any]]:
    """A controlled vocabulary, ``themes`` or ``moods``: value -> its meaning, and its words by language."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def load(folder: Path = FILMS) -> list[Record]:
    """All records.

    Raises:
        KnowledgeError: one of them is not as README.md asks, or a film has two.
    """
    found: dict[str, Record] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip():
                continue
            record = _record(f"{path.name}, line {number}", line)
            before = found.setdefault(record.item_id, record)
            if before is not record:
                raise KnowledgeError(f"{record.where}: {record.name} was told of before, in {before.where}")
    return list(found.values())


def _record(where: str, line: str) -> Record:
    try:
        facts = json.loads(line)
    except ValueError as error:
        raise KnowledgeError(f"{where}: not JSON ({error})") from error
    title = facts.get("title") if isinstance(facts, dict) else None
    if not isinstance(title, str) or not title.strip() or not isinstance(facts.get("year"), int):
        raise KnowledgeError(f"{where}: a record needs a title and a year")
    wrong = next(_wrong(facts), None)
    if wrong:
        raise KnowledgeError(f"{where}: {facts['title']}: {wrong}")
    return Record(where, facts)


def _wrong(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"there is no field {name!r}" for name in facts if name not in FIELDS)
    yield from _wrong_lists(facts)
    yield from _wrong_numbers(facts)
    yield from _wrong_texts(facts)
    for name in ("true_story", "standalone"):
        if not isinstance(facts.get(name, False), bool):
            yield f"{name} has to be true or false"
    if facts.get("standalone") and "series" in facts:
        yield "what stands alone belongs to no series"


def _wrong_lists(facts: Mapping[str, Any]) -> Iterator[str]:
    for name in (*LISTS, *TITLES):
        values = facts.get(name, [])
        if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() and "|" not in v for v in values):
            yield f"{name} has to be a list of words"
    for name, known in (
        ("theme", vocabulary("themes")),
        ("mood", vocabulary("moods")),
        ("genres", GENRES),
        ("studio", STUDIOS),
        ("colour", COLOURS),
    ):
        yield from (f"unknown {name} {value!r}" for value in facts.get(name, ()) if value not in known)
    for name, words in (("form", FORMS), ("ending", ENDINGS)):
        if facts.get(name, words[0]) not in words:
            yield f"unknown {name} {facts[name]!r}"
    for name, (low, high) in COUNTS.items():
        if name in facts and not low <= len(facts[name]) <= high:
            yield f"{len(facts[name])} values of {name}, where {low} to {high} are asked for"


def _wrong_numbers(facts: Mapping[str, Any]) -> Iterator[str]:
    for name, (low, high) in RANGES.items():
        value = facts.get(name, low)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            yield f"{name} {value!r} is not a whole number from {low} to {high}"


def _wrong_texts(facts: Mapping[str, Any]) -> Iterator[str]:
    for name in TEXTS:
        if not isinstance(facts.get(name, ""), str):
            yield f"{name} has to be text"
    for name, most in MOST_WORDS.items():
        if (words := len(facts.get(name, "").split())) > most:
            yield f"{name} has {words} words, where {most} are allowed"
    for name, most in MOST_CHARACTERS.items():
        if (characters := len(facts.get(name, ""))) > most:
            yield f"{name} has {characters} characters, where {most} are allowed"


def row(record: Record) -> dict[str, str]:
    """A record as columns of items.csv, several values separated by ``|``; what is not known is left out."""
    facts = record.facts
    columns = {name: "|".join(facts.get(name, ())) for name in LISTS if name != "genres"}
    columns |= {name: str(facts.get(name, "")) for name in ("language", "form", "length", "age", "part", *INTENSITIES)}
    columns["ending"] = f"{facts['ending']} ending" if "ending" in facts else ""
    columns |= {"franchise": facts.get("series", ""), "basis": "|".join(bases(facts))}
    columns["based_on"] = facts.get("based_on", "").replace("|", "/")
    if facts.get("series"):
        columns["place"] = f"part {facts['part']} of {facts['series']}" if "part" in facts else facts["series"]
    elif facts.get("standalone"):
        columns["place"] = ALONE
    columns["sequel"] = _place(facts)
    for column, field in (("description", "premise"), ("pitch", "pitch")):
        columns[column] = facts.get(field, "")
        columns |= {f"{column}:{language}": facts.get(f"{field}{end}", "") for language, end in OTHERS.items()}
    columns |= {f"title:{language}": title for language, title in titles(record).items()}
    columns["remembered"] = ", ".join(facts[name] for name in ("known_for", "subjects") if name in facts)
    return {name: text for name, text in columns.items() if text}


def _place(facts: Mapping[str, Any]) -> str:
    """What a film is in its series; empty where that is not known."""
    if "part" in facts:
        return "sequel" if facts["part"] > 1 else "first part"
    return "stand-alone" if facts.get("standalone") else ""


def bases(facts: Mapping[str, Any]) -> Iterator[str]:
    """What kinds of things a film is based on."""
    if "true_story" in facts:
        yield "a true story" if facts["true_story"] else "an invented story"
    told = facts.get("based_on", "").lower()
    found = next((base for words, base in BASES.items() if told and re.search(words, told)), None)
    if found:
        yield found


def texts() -> list[str]:
    """What is written of the default films: an encoder keeps the pieces of these texts."""
    told = ("title", "premise", "premise_zh", "known_for", "subjects")
    return [str(record.facts[name]) for record in load() for name in told if name in record.facts]


def titles(record: Record) -> dict[str, str]:
    """Language -> the title under which a film is known there, the usual one of several, where it is not its own."""
    facts = record.facts
    told = {
        language: [*facts.get(language.partition("-")[0], ()), *(facts.get("original", ()) if spoken else ())]
        for language, films in SPOKEN.items()
        for spoken in [facts.get("language") in films]
    }
    return {language: known[0] for language, known in told.items() if known and known[0] != facts["title"]}


def names(record: Record) -> list[str]:
    """The titles of a film in other languages, without those that are its own."""
    told = (title.replace("|", "/") for name in TITLES for title in record.facts.get(name, ()))
    own = record.facts["title"].casefold()
    return [title for title in dict.fromkeys(told) if title.casefold() != own and not _ORDINARY.fullmatch(title)]


_ORDINARY = re.compile(r"[\u3400-\u9fff]")
"""A title of one character stands within other words of Chinese, which has no spaces: it names nothing."""


def join(
    items: dict[str, dict[str, str]], records: Collection[Record], fold: Callable[[str], str], *, new: bool
) -> int:
    """Add what is known to the rows of a catalogue, and films that it lacks.

    Args:
        items: item_id -> column -> text; changed.
        records: to be joined by id.
        fold: a title without what does not tell it from another.
        new: whether films that nobody has rated are added; if not, some of MovieLens's films may be missing.

    Returns:
        how many films of the catalogue are known now.

    Raises:
        KnowledgeError: a record names a film that is not there, two that are, or one by another title.
    """
    by_name: dict[tuple[str, str], list[str]] = {}
    for item_id, item in items.items():
        by_name.setdefault((fold(item["title"]), item.get("year", "")), []).append(item_id)
    known = 0
    for record in records:
        name = (fold(record.facts["title"]), str(record.facts["year"]))
        item_id = record.item_id
        if item_id not in items and not new:
            continue
        if item_id not in items and record.is_new:
            if name in by_name:
                raise KnowledgeError(
                    f"{record.where}: {record.name} is in the catalogue as {by_name[name][0]}: give that id"
                )
            genres = "|".join(record.facts["genres"])
            items[item_id] = {
                "item_id": item_id,
                "title": record.facts["title"],
                "year": name[1],
                "other_names": "",
                "genres": genres,
            }
        elif item_id not in items:
            raise KnowledgeError(f"{record.where}: no film of the catalogue is {record.name} with id {item_id}")
        elif new and item_id not in by_name.get(name, ()):
            raise KnowledgeError(f"{record.where}: {item_id} is {items[item_id]['title']}, not {record.name}")
        item = items[item_id]
        others = [*filter(None, item.get("other_names", "").split("|")), *names(record)]
        item |= {**row(record), "other_names": "|".join(dict.fromkeys(others))}
        known += 1
    return known


@dataclass(frozen=True, slots=True)
class Standing:
    """What people know and think of a film today.

    Attributes:
        known: 9 nearly everybody who watches films knows it, 0 hardly anybody.
        regard: 9 those who saw it love it, 1 it is infamous.
    """

    known: float
    regard: float

    def worth(self, year: int, part: int) -> float:
        """What it is worth to name the film to somebody of whom nothing is known: 0 for a middling one, 3 at most.

        Of what nearly everybody knows, most have seen it; newer films speak to more people; a sequel wants the film
        before it.

        Args:
            year: of the film.
            part: of its series, from 1 on.
        """
        known = self.known - 1.5 * max(self.known - SEEN_BY_MOST, 0.0)
        newer = min(max((year - MIDDLING_YEAR) / A_GENERATION, -1.5), 1.0)
        return (known - MIDDLING.known + self.regard - MIDDLING.regard + newer - (part > 1)) / SPREAD


MIDDLING, MIDDLING_YEAR = Standing(4.0, 6.0), 1995
A_GENERATION = 25
"""So many years make as much as a mark."""
SEEN_BY_MOST = 7.5
"""What is better known than that, most of those who ask have seen."""
SPREAD = 2.2


def load_standings(path: Path = STANDING) -> dict[str, Standing]:
    """Item id -> its film's standing.

    Raises:
        KnowledgeError: a line is not an id and two marks.
    """
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], 2):
        try:
            item_id, known, regard = line.split("\t")
            standing = Standing(float(known), float(regard))
        except ValueError as error:
            raise KnowledgeError(f"{path.name}, line {number}: not an id and two numbers") from error
        if not (0 <= standing.known <= 9 and 1 <= standing.regard <= 9) or item_id in found:
            raise KnowledgeError(f"{path.name}, line {number}: {item_id} twice, or a mark that there is not")
        found[item_id] = standing
    return found


def stand(items: Mapping[str, dict[str, str]], standings: Mapping[str, Standing], raters: Mapping[str, int]) -> None:
    """Tell how the films of a catalogue stand, and how many more people know them than have rated them.

    Args:
        items: item_id -> column -> text; changed.
        standings: by item_id.
        raters: how many people have rated each.
    """
    for item_id in standings.keys() & items.keys():
        item, standing = items[item_id], standings[item_id]
        year, part = int(item.get("year") or MIDDLING_YEAR), int(item.get("part") or 1)
        item["standing"] = f"{standing.worth(year, part):.2f}"
        item["popularity"] = str(max(KNOWN_TO[round(standing.known)] - raters.get(item_id, 0), 0))
