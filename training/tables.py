"""CSV files as owners have them: headings, absent values, times and prices, or a sentence of what is wrong."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from domain.catalog import is_attribute
from domain.history import Interaction

Row = dict[str, str]
Note = Callable[[str], None]
LAST_YEAR = 9999
FINEST = 100_000_000_000
"""Times above this are milliseconds: as seconds they would be in the year 5138."""
ABSENT = frozenset(("", "n/a", "na", "n.a.", "none", "null", "nil", "-", "--", "?", "unknown"))
"""Cells that say that a value is not known, in lower case."""
SEPARATORS: Mapping[str, str] = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
ITEM_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "item_id": ("itemid", "id", "productid", "movieid", "courseid", "bookid", "gameid", "sku", "asin", "isbn"),
    "title": ("title", "name", "itemtitle", "producttitle", "productname", "coursetitle", "coursename", "itemname"),
    "year": ("year", "releaseyear", "yearofrelease", "yearpublished", "publicationyear"),
    "description": ("description", "summary", "abstract"),
    "image": ("image", "imageurl"),
}
"""What owners call the columns of items.csv, letters and digits alone, in lower case."""
INTERACTION_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "user_id": ("userid", "user", "customerid", "customer", "personid", "memberid", "reviewerid", "learnerid"),
    "item_id": ("itemid", "item", "productid", "product", "movieid", "courseid", "bookid", "sku", "asin"),
    "value": ("value", "rating", "ratings", "score", "stars", "grade"),
    "timestamp": ("timestamp", "time", "date", "datetime", "createdat", "ratedat", "ts", "when"),
}
LONGEST_ADDRESS = 2048
"""Characters of the address of a picture that Discord takes."""
_IMAGE = re.compile(rf"https://[!-~]{{1,{LONGEST_ADDRESS - 8}}}")
_MONEY = re.compile(
    r"(?P<before>[$€£¥])?\s*(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)\s*(?P<after>[$€£¥元]|EUR|USD|GBP|CNY)?", re.IGNORECASE
)


class SourceError(Exception):
    """Raw data that cannot be used; the message is a sentence for the bot's owner: file, line, what is wrong."""


def rows(
    path: Path,
    required: Iterable[str],
    header: tuple[str, ...] | None = None,
    headings: Mapping[str, tuple[str, ...]] | None = None,
    note: Note | None = None,
) -> Iterator[tuple[int, Row]]:
    """The lines of a CSV file as ``(line number, column -> text)``.

    Args:
        path: a UTF-8 file.
        required: columns that must be there.
        header: the columns of a file that may come without naming them, told by a number in its first cell.
        headings: other names of columns, which are read as these.
        note: told of every column that is read as another.

    Raises:
        SourceError: it cannot be read, lacks a column, or a line does not have as many cells as the first.
    """
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns: list[str] | None = None
            for cells in reader:
                at, line = line, reader.line_num + 1
                if not cells:
                    continue
                if columns is None:
                    named = header is None or not is_number(cells[0])
                    columns = [cell.strip() for cell in cells] if named else list(header or ())
                    columns = _recognised(path, columns, headings or {}, note)
                    _check_columns(path, columns, required)
                    if named:
                        continue
                if len(cells) != len(columns):
                    raise SourceError(f"{path}, line {at}: {len(cells)} cells where {len(columns)} columns are named")
                yield at, dict(zip(columns, map(str.strip, cells), strict=True))
            if columns is None:
                raise SourceError(f"{path} is empty: its first line has to name the columns")
    except csv.Error as error:
        raise SourceError(f"{path}, line {line}: not CSV ({error})") from error
    except UnicodeDecodeError as error:
        raise SourceError(_undecoded(path, line, error)) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error


def _undecoded(path: Path, line: int, error: UnicodeDecodeError) -> str:
    """Where a file is no UTF-8, and what it seems to be instead."""
    content = path.read_bytes()
    at = max(content[: error.start].count(b"\n") + 1, line)
    looks = "UTF-16" if content.startswith(BYTE_ORDER_MARKS) or b"\x00" in content[:64] else "Windows-1252 or Latin-1"
    return f"{path}, near line {at}: not UTF-8 text, it looks like {looks}: save it as UTF-8"


def _recognised(
    path: Path, columns: list[str], headings: Mapping[str, tuple[str, ...]], note: Note | None
) -> list[str]:
    """The columns by the names that are known here; one that has its name stays, whatever else might have it."""
    found = list(columns)
    for name, others in headings.items():
        if name in found:
            continue
        for other in others:
            at = next((n for n, column in enumerate(found) if _plain(column) == other), None)
            if at is not None:
                if note:
                    note(f"{path.name}: column {found[at]!r} is read as {name}")
                found[at] = name
                break
    return found


def _plain(heading: str) -> str:
    return "".join(filter(str.isalnum, heading.lower()))


def _check_columns(path: Path, columns: list[str], required: Iterable[str]) -> None:
    missing = [column for column in required if column not in columns]
    twice = [column for column, times in Counter(columns).items() if times > 1]
    if missing:
        other = next((name for sign, name in SEPARATORS.items() if len(columns) == 1 and sign in columns[0]), None)
        hint = f": it looks as if {other} stood between the cells, where commas have to" if other else ""
        raise SourceError(f"{path}, line 1: no column {missing[0]!r} among {', '.join(columns)}{hint}")
    if twice or "" in columns:
        raise SourceError(f"{path}, line 1: column {(twice or [''])[0]!r} is named twice or not at all")


def is_number(text: str) -> bool:
    """Whether a cell is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def whole(text: str, what: str, path: Path, line: int) -> int:
    """A whole number written as one or as ``1995.0``."""
    if not is_number(text) or float(text) != int(float(text)):
        raise SourceError(f"{path}, line {line}: {what} {text!r} is not a whole number")
    return int(float(text))


def year_of(text: str, path: Path, line: int) -> str:
    """A year of four digits at most."""
    year = whole(text, "year", path, line)
    if abs(year) > LAST_YEAR:
        raise SourceError(f"{path}, line {line}: year {text!r} is not a year")
    return str(year)


def known(text: str) -> str:
    """A cell; an empty one where it says that nothing is known."""
    return "" if text.lower() in ABSENT else text


def moment_of(text: str, path: Path, line: int) -> int:
    """Seconds since 1970 of a number of seconds or milliseconds, or of a date and time as ISO 8601 has them."""
    if is_number(text):
        seconds = whole(text, "timestamp", path, line)
        return seconds // 1000 if seconds > FINEST else seconds
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        wanted = "write seconds since 1970, or 2024-05-31 or 2024-05-31T18:30:00"
        raise SourceError(f"{path}, line {line}: timestamp {text!r} is neither a number nor a date: {wanted}") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def read_items(path: Path, note: Note | None = None) -> dict[str, Row]:
    """items.csv: ``item_id,title[,year][,description][,image][,any other column]``.

    Args:
        path: the file.
        note: told of what is read otherwise than it stands there.

    Raises:
        SourceError: it is not such a file, has no items, or an item has no id, no title, or the id of another.
    """
    items: dict[str, Row] = {}
    lines: dict[str, int] = {}
    for line, row in rows(path, ("item_id", "title"), headings=ITEM_HEADINGS, note=note):
        item_id = row["item_id"]
        if not item_id or not row["title"]:
            raise SourceError(f"{path}, line {line}: an item needs an item_id and a title")
        if item_id in items:
            raise SourceError(f"{path}, line {line}: item_id {item_id!r} was given before, on line {lines[item_id]}")
        row.update({column: known(text) for column, text in row.items() if column not in ("item_id", "title")})
        if row.get("year"):
            row["year"] = year_of(row["year"], path, line)
        if row.get("image") and not _IMAGE.fullmatch(row["image"]):
            wanted = f"an address that begins with https:// and has at most {LONGEST_ADDRESS} characters"
            raise SourceError(f"{path}, line {line}: image {row['image'][:80]!r} is not {wanted}")
        if row.get("popularity"):
            row["popularity"] = str(whole(row["popularity"], "popularity", path, line))
        items[item_id], lines[item_id] = row, line
    if not items:
        raise SourceError(f"{path} has no items below its first line: nothing could be recommended")
    read_prices(path, items, note)
    return items


def read_prices(path: Path, items: Mapping[str, Row], note: Note | None) -> None:
    """Turn columns of amounts of money into columns of numbers: ``$1,299.00`` into ``1299.00``."""
    for column in {column for row in items.values() for column in row if is_attribute(column)}:
        cells = [(row, _MONEY.fullmatch(row[column])) for row in items.values() if row.get(column)]
        signs = {found["before"] or found["after"] for _, found in cells if found} - {None}
        if signs and all(found for _, found in cells):
            for row, found in cells:
                row[column] = found["number"].replace(",", "") if found else ""
            if note:
                note(f"{path.name}: column {column!r} is read as numbers, without {' and '.join(sorted(signs))}")


def read_interactions(
    path: Path, names: tuple[str, str, str, str] | None = None, note: Note | None = None
) -> list[Interaction]:
    """interactions.csv: ``user_id,item_id[,value][,timestamp]``.

    Args:
        path: the file.
        names: what a source calls these four columns; such a file may come without a first line that names them.
        note: told of columns that are read as others, or not at all.

    Raises:
        SourceError: it is not such a file, or a cell is empty or not a number where one is needed.
    """
    user, item, value, timestamp = columns = names or ("user_id", "item_id", "value", "timestamp")
    headings = None if names else INTERACTION_HEADINGS
    found: list[Interaction] = []
    for line, row in rows(path, (user, item), names, headings, note):
        if note and not found:
            for column in row.keys() - set(columns):
                note(f"{path.name}: column {column!r} is not used")
        if not row[user] or not row[item]:
            raise SourceError(f"{path}, line {line}: an interaction needs a {user} and a {item}")
        rating, moment = known(row.get(value, "")), known(row.get(timestamp, ""))
        if rating and not is_number(rating):
            hint = (
                "write numbers (1 to 5, or 1 for liked and -1 for not), or leave the column out if each line is a like"
            )
            raise SourceError(f"{path}, line {line}: {value} {rating!r} is not a number: {hint}")
        found.append(
            Interaction(
                user_id=row[user],
                item_id=row[item],
                value=float(rating) if rating else None,
                timestamp=moment_of(moment, path, line) if moment else None,
            )
        )
    return found
