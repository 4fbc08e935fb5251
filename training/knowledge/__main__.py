"""Checks the records, and compares them with references where these lie: `python -m training.knowledge check`."""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from training.knowledge import INTENSITIES, OTHERS, KnowledgeError, Record, load, names


def _has(name: str, facts: Mapping[str, object]) -> bool:
    return bool(facts.get(name))


FILLED: Mapping[str, Callable[[Mapping[str, object]], bool]] = {
    "director": lambda facts: bool(facts.get("director")),
    "three leads": lambda facts: len(facts.get("cast", ())) >= 3,  # type: ignore[arg-type]
    "country": lambda facts: bool(facts.get("country")),
    "form": lambda facts: bool(facts.get("form")),
    "premise": lambda facts: bool(facts.get("premise")),
    "two themes and a mood": lambda facts: len(facts.get("theme", ())) >= 2 and bool(facts.get("mood")),  # type: ignore[arg-type]
    "age and intensities": lambda facts: all(name in facts for name in ("age", *INTENSITIES)),
    "length": lambda facts: "length" in facts,
    **{f"premise in {language}": partial(_has, f"premise{end}") for language, end in OTHERS.items()},
    "remembered by": partial(_has, "known_for"),
    "plain words": partial(_has, "subjects"),
}
"""What is counted."""
WHOLE_CAST = 6
"""References often name three of a cast: from so many names on, it is odd if a lead is not among them."""


@dataclass
class Reference:
    """What a reference says of a film: each empty where it says nothing."""

    directors: set[str] = field(default_factory=set)
    cast: set[str] = field(default_factory=set)


def plain(name: str) -> str:
    """A name or title without case, accents, punctuation, initials and a leading article."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", text) if len(word) > 1 or word.isdigit()]
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


def references(folder: Path) -> dict[tuple[str, int], Reference]:
    """(plain title, year) -> what ReDial's and Wikipedia's lists of films below a folder say."""
    found: dict[tuple[str, int], Reference] = {}
    redial = folder / "redial" / "id2info.json"
    for info in json.loads(redial.read_text(encoding="utf-8")).values() if redial.is_file() else ():
        dated = re.match(r"(.*\S)\s*\((\d{4})\)", info.get("name") or "")
        if dated:
            reference = found.setdefault((plain(dated[1]), int(dated[2])), Reference())
            reference.directors |= set(map(plain, info.get("director") or ()))
            reference.cast |= set(map(plain, info.get("star") or ()))
    for path in sorted((folder / "film-metadata" / "wikipedia").glob("movies-*.json")):
        for film in json.loads(path.read_text(encoding="utf-8")):
            reference = found.setdefault((plain(film["title"]), int(film["year"])), Reference())
            reference.cast |= set(map(plain, film.get("cast") or ()))
    return found


def reference_of(record: Record, known: Mapping[tuple[str, int], Reference]) -> Reference:
    """What a reference says of a record's film, by title and year, a year apart at most."""
    titles = [plain(title) for title in (record.facts["title"], *names(record))]
    years = [record.facts["year"] + apart for apart in (0, 1, -1)]
    return next((known[t, y] for y in years for t in titles if t and (t, y) in known), Reference())


def is_same(name: str, others: Iterable[str]) -> bool:
    """Whether a name is one of others: alike, or by surname and an initial."""
    ours = plain(name)
    family, first = ours.split()[-1:], ours[:1]
    return any(ours == other or (other.split()[-1:] == family and other[:1] == first) for other in others)


def compare(records: Sequence[Record], known: Mapping[tuple[str, int], Reference]) -> list[str]:
    """The agreement with the references, and every disagreement, as lines."""
    directors, leads, first, whole = (Counter[str]() for _ in range(4))
    lines = []
    for record in records:
        reference = reference_of(record, known)
        ours = record.facts.get("director", [])
        if reference.directors:
            kind = (
                "missing" if not ours else "agrees" if any(is_same(d, reference.directors) for d in ours) else "differs"
            )
            directors[kind] += 1
            if kind == "differs":
                lines.append(f"{record.where}: {record.name}: director {ours}, reference {sorted(reference.directors)}")
        for at, lead in enumerate(record.facts.get("cast", ()) if reference.cast else (), 1):
            kind = "agrees" if is_same(lead, reference.cast) else "differs"
            leads[kind] += 1
            first[kind] += at == 1
            if len(reference.cast) >= WHOLE_CAST:
                whole[kind] += 1
                if kind == "differs":
                    lines.append(f"{record.where}: {record.name}: lead {lead!r} is not among {sorted(reference.cast)}")
    told = {
        "director": directors,
        "every lead, wherever a reference names anybody": leads,
        "every lead, where a reference names at least six": whole,
        "the first lead": first,
    }
    for what, counts in told.items():
        total = sum(counts.values())
        share = f"{counts['agrees'] / total:.4f}" if total else "no reference"
        lines.append(f"{what}: {share} of {total} agree ({dict(counts)})")
    return lines


def coverage(records: Sequence[Record], ratings: Path | None) -> list[str]:
    """How many records there are, of how many a field is filled, and what share of ratings they cover."""
    rated = [record for record in records if not record.is_new]
    years = Counter(record.facts["year"] for record in records if record.is_new)
    lines = [
        f"{len(records)} films: {len(rated)} that people have rated, {len(records) - len(rated)} newer ones",
        "newer films by year: " + ", ".join(f"{year} {count}" for year, count in sorted(years.items())),
    ]
    for what, is_filled in FILLED.items():
        counts = [sum(is_filled(record.facts) for record in part) / max(len(part), 1) for part in (records, rated)]
        lines.append(f"{what}: {counts[0]:.4f} of all, {counts[1]:.4f} of the rated ones")
    if ratings and ratings.is_file():
        with ratings.open(encoding="utf-8", newline="") as file:
            times = Counter(line["item_id"] for line in csv.DictReader(file))
        covered = sum(times[record.item_id] for record in records)
        lines.append(f"share of ratings that are of described films: {covered / sum(times.values()):.4f}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Check and print; exit 2 with a sentence where a record is not as README.md asks."""
    parser = argparse.ArgumentParser(prog="python -m training.knowledge", description=main.__doc__)
    parser.add_argument("verb", choices=["check"])
    parser.add_argument("--references", type=Path, help="folder with redial/ and film-metadata/")
    parser.add_argument("--interactions", type=Path, default=Path("data/movies/interactions.csv"))
    chosen = parser.parse_args(arguments)
    try:
        records = load()
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(coverage(records, chosen.interactions)))
    if chosen.references:
        print("\n".join(compare(records, references(chosen.references))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
