"""CSV files -> a catalogue and a matrix of people x items with signed weights, checked line by line."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from domain.catalog import Attribute, Catalog, Item, Vocabulary, in_other_languages, is_attribute
from domain.preference import WEIGHTS

SEPARATOR = "|"
VOCABULARY = "vocabulary.json"
SEEN = WEIGHTS["seen"]
"""What is neither liked nor disliked weighs; positives, which are to be predicted, weigh more."""
LEVELS = 21
"""A scale of ratings has at most so many steps: .5 to 5 has 10, 0 to 10 by halves has 21."""
_YEAR = re.compile(r"-?\d{1,4}(\.0+)?")


class DataError(ValueError):
    """A data file cannot be used; the message is a sentence that names the file, the line and what is wrong."""


@dataclass(frozen=True)
class Interactions:
    """The lines of an interactions file, as columns of equal length.

    Attributes:
        path: where they came from.
        users: ids of the people, in order of first appearance.
        user: position in `users`, int64 ``[lines]``.
        item_id: as written, ``[lines]``.
        value: float64 ``[lines]``, NaN where none is given; None if the file has no such column.
        timestamp: int64 seconds since 1970 ``[lines]``; None if the file has no such column.
        line: number of the line in the file, int64 ``[lines]``.
    """

    path: Path
    users: tuple[str, ...]
    user: NDArray[np.int64]
    item_id: tuple[str, ...]
    value: NDArray[np.float64] | None
    timestamp: NDArray[np.int64] | None
    line: NDArray[np.int64]


@dataclass(frozen=True)
class Dataset:
    """What a recommender is trained on.

    Attributes:
        catalog: the items, in column order, with their popularity.
        users: ids of the people, in row order.
        matrix: float32 CSR ``[people, items]``: signed weights in [-1, 1].
        value_range: what a dislike and a like are worth in the values of the file.
    """

    catalog: Catalog
    users: tuple[str, ...]
    matrix: sparse.csr_matrix
    value_range: tuple[float, float]


@dataclass(frozen=True)
class Holdout:
    """People whose history is known in part (strong generalisation: nothing of them is trained on).

    Attributes:
        history: float32 CSR ``[people, items]``: the part that is folded in.
        relevant: float32 CSR ``[people, items]``: ones at the positives that were withheld.
    """

    history: sparse.csr_matrix
    relevant: sparse.csr_matrix


def load(items: Path, interactions: Path) -> Dataset:
    """Read both files and the optional vocabulary.json beside the items.

    Raises:
        DataError: a file is missing, empty or malformed, or an interaction names an unknown item.
    """
    catalog = Catalog(read_items(items), read_vocabulary(items.parent / VOCABULARY))
    events = read_interactions(interactions)
    matrix, popularity = to_matrix(events, catalog)
    counted = [
        replace(i, popularity=i.popularity + int(n), raters=int(n)) for i, n in zip(catalog, popularity, strict=True)
    ]
    return Dataset(Catalog(counted, catalog.vocabulary), events.users, matrix, value_range(events.value))


def to_matrix(events: Interactions, catalog: Catalog) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """Interactions as signed weights, the latest of a person and an item.

    Returns:
        float32 CSR ``[people, items]``, and how many people had each item, int64 ``[items]``.

    Raises:
        DataError: an item is not in the catalogue.
    """
    columns = _columns_of(events, catalog)
    weights = to_weights(events.value, len(events.user))
    keep = _latest(events.user, columns, events.timestamp, len(catalog))
    shape = (len(events.users), len(catalog))
    matrix = sparse.csr_matrix((weights[keep], (events.user[keep], columns[keep])), shape=shape, dtype=np.float32)
    return matrix, np.bincount(columns[keep], minlength=len(catalog))


def read_items(path: Path) -> list[Item]:
    """Read ``item_id,title[,year][,description][,other_names][,popularity][,standing][,any other = an attribute]``.

    Several values of a column are separated by ``|``. An attribute whose values are all numbers is numeric.

    Raises:
        DataError: the file, the line, and what is wrong with it.
    """
    header, rows, lines = _read_table(path, required=("item_id", "title"))
    numeric = {name for name in header if is_attribute(name) and _all_numbers([row[header[name]] for row in rows])}
    seen: set[str] = set()
    items = []
    for row, line in zip(rows, lines, strict=True):
        item = _item(path, line, {name: row[at].strip() for name, at in header.items()}, numeric)
        if item.item_id in seen:
            raise DataError(f"{path}, line {line}: item_id {item.item_id!r} was there before")
        seen.add(item.item_id)
        items.append(item)
    if not items:
        raise DataError(f"{path}, line 1: there are no items below the header")
    return items


def read_interactions(path: Path) -> Interactions:
    """Read ``user_id,item_id[,value][,timestamp]``.

    Raises:
        DataError: the file, the line, and what is wrong with it.
    """
    header, rows, lines = _read_table(path, required=("user_id", "item_id"), optional=("value", "timestamp"))
    if not rows:
        raise DataError(f"{path}, line 1: there are no interactions below the header")
    columns = [[cell.strip() for cell in column] for column in zip(*rows, strict=True)]
    user_id, item_id = columns[header["user_id"]], columns[header["item_id"]]
    for name, column in (("user_id", user_id), ("item_id", item_id)):
        if "" in column:
            raise DataError(f"{path}, line {lines[column.index('')]}: {name} is empty")
    codes: dict[str, int] = {}
    user = np.fromiter((codes.setdefault(name, len(codes)) for name in user_id), dtype=np.int64, count=len(user_id))
    value = _numbers(path, lines, "value", columns[header["value"]]) if "value" in header else None
    timestamp = _numbers(path, lines, "timestamp", columns[header["timestamp"]]) if "timestamp" in header else None
    return Interactions(
        path=path,
        users=tuple(codes),
        user=user,
        item_id=tuple(item_id),
        value=value,
        timestamp=None if timestamp is None else np.nan_to_num(timestamp, nan=-1.0).astype(np.int64),
        line=np.asarray(lines, dtype=np.int64),
    )


def read_vocabulary(path: Path) -> Vocabulary:
    """The words of the domain; the default ones if there is no such file.

    Raises:
        DataError: it is there and cannot be read.
    """
    try:
        return Vocabulary.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Vocabulary()
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise DataError(f"{path}, line {getattr(error, 'lineno', 1)}: not a vocabulary: {error}") from error


def read_meaning(path: Path, items: int) -> NDArray[np.float32]:
    """Read sentence vectors: float16 or float32 ``[items, d]`` in the order of items.csv, zeros where there is no text.

    Raises:
        DataError: the file cannot be read, has another number of rows, or holds what is no number.
    """
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as sentence vectors: {error}") from error
    if not isinstance(vectors, np.ndarray) or vectors.ndim != 2 or vectors.dtype.kind != "f":
        raise DataError(f"{path}: not a table of sentence vectors, one row of decimal numbers an item")
    if len(vectors) != items:
        raise DataError(f"{path}: {len(vectors)} sentence vectors for {items} items: make them again")
    if not np.isfinite(vectors).all():
        raise DataError(f"{path}: a sentence vector holds what is no number: make them again")
    return vectors.astype(np.float32)


def to_weights(value: NDArray[np.float64] | None, count: int) -> NDArray[np.float32]:
    """Signed weights in [-1, 1] of `count` interactions, by what their values look like.

    No values: 1. Ratings (see `is_rating`): by their place on the scale, 5 of 5 is 1 and the lowest -1. Values below
    zero: signs are kept. Anything else is a count: above 0, in proportion to its logarithm where it is heavy-tailed.
    What is neither good nor bad weighs `SEEN`, and what is good more. A single value that is missing is 1: having had
    the thing is all that is known.
    """
    if value is None or np.isnan(value).all():
        return np.ones(count, dtype=np.float32)
    known = value[~np.isnan(value)]
    low, high = float(known.min()), float(known.max())
    if low == high:
        weights = np.full(count, np.sign(low) or 1.0)
    elif is_rating(known):
        low = min(low, 1.0)
        weights = 2 * (value - low) / (high - low) - 1
    else:
        size = np.abs(value)
        if np.nanmax(size) > 20 * np.nanmedian(size):
            size = np.log1p(size)
        weights = np.sign(value) * size / np.nanmax(size)
    weights = np.where(weights < 0, weights, SEEN + (1 - SEEN) * weights)
    return np.asarray(np.nan_to_num(weights, nan=1.0), dtype=np.float32)


def is_rating(known: NDArray[np.float64]) -> bool:
    """Whether values look like marks on a scale: few even steps, nothing below 0, and most marks above its middle.

    People rate what they chose, so ratings crowd at the upper end; counts crowd at the lower.
    """
    levels = np.unique(known)
    if levels[0] < 0 or len(levels) > LEVELS or (len(levels) < 3 and levels[0] != 0):
        return False
    steps = np.diff(levels) / np.diff(levels).min()
    even = bool(np.allclose(steps, np.round(steps), atol=1e-3)) and steps.sum() < LEVELS
    return even and float(np.median(known)) >= (min(levels[0], 1.0) + levels[-1]) / 2


def value_range(value: NDArray[np.float64] | None) -> tuple[float, float]:
    """What a dislike and a like are worth in these values: the ends of a scale, or minus and plus the largest."""
    if value is None or np.isnan(value).all():
        return -1.0, 1.0
    known = value[~np.isnan(value)]
    low, high = float(known.min()), float(known.max())
    if low < high and is_rating(known):
        return min(low, 1.0), high
    size = max(abs(low), abs(high)) or 1.0
    return -size, size


def positives(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """What is to be predicted: 1 where a weight is above `SEEN`."""
    target = matrix.copy()
    target.data = (target.data > SEEN).astype(np.float32)
    target.eliminate_zeros()
    return target


def split_interactions(
    matrix: sparse.csr_matrix, rng: np.random.Generator, share: float = 0.2, at_most: int = 1500
) -> tuple[sparse.csr_matrix, Holdout]:
    """Withhold a share of everyone's interactions (weak generalisation: everyone is trained on in part).

    Returns:
        what is left, ``[people, items]``, and the hold-out of at most so many people who have a positive withheld.
    """
    out = rng.random(matrix.nnz) < share
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))

    def part(mask: NDArray[np.bool_]) -> sparse.csr_matrix:
        cells = matrix.data[mask], (row[mask], matrix.indices[mask])
        return sparse.csr_matrix(cells, shape=matrix.shape, dtype=np.float32)

    left, relevant = part(~out), positives(part(out))
    able = np.flatnonzero((np.diff(relevant.indptr) > 0) & (np.diff(left.indptr) > 0))
    chosen = np.sort(rng.permutation(able)[:at_most])
    return left, Holdout(left[chosen], relevant[chosen])


def withhold(matrix: sparse.csr_matrix, rng: np.random.Generator, fold_in: float = 0.8) -> Holdout:
    """Withhold some of each person's interactions, at least one positive; people without two positives keep all."""
    out = np.zeros(matrix.nnz, dtype=bool)
    for row in range(matrix.shape[0]):
        start, end = matrix.indptr[row : row + 2]
        good = matrix.data[start:end] > SEEN
        if good.sum() < 2:
            continue
        order = rng.permutation(end - start)
        away = order[max(int(fold_in * len(order)), 1) :]
        if not good[away].any():
            away = order[good[order]][-1:]
        out[start + away] = True
    history, relevant = matrix.copy(), matrix.copy()
    history.data, relevant.data = np.where(out, 0, matrix.data), np.where(out & (matrix.data > SEEN), 1, 0)
    history.eliminate_zeros()
    relevant.eliminate_zeros()
    return Holdout(history.astype(np.float32), relevant.astype(np.float32))


def _read_table(
    path: Path, required: Sequence[str], optional: Sequence[str] | None = None
) -> tuple[dict[str, int], list[list[str]], list[int]]:
    """Header (name -> position), rows and the line number of each row; `optional` None allows any other column."""
    rows, lines, last = [], [], 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = _header(path, next(reader, []), required, optional)
            last = reader.line_num
            for row in reader:
                last += 1
                if row and len(row) != len(header):
                    raise DataError(f"{path}, line {last}: {len(row)} fields where the header has {len(header)}")
                if row:
                    rows.append(row)
                    lines.append(last)
                last = reader.line_num
    except OSError as error:
        raise DataError(f"{path}, line 1: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1 if error.start else last + 1
        raise DataError(f"{path}, line {line}: not UTF-8 text") from error
    except csv.Error as error:
        raise DataError(f"{path}, line {last + 1}: {error}") from error
    return header, rows, lines


def _header(path: Path, names: list[str], required: Sequence[str], optional: Sequence[str] | None) -> dict[str, int]:
    names = [name.strip() for name in names]
    for name in required:
        if name not in names:
            raise DataError(f"{path}, line 1: the header lacks the column {name}")
    for name in names:
        if names.count(name) > 1 or not name:
            raise DataError(
                f"{path}, line 1: the header has the column {name!r} twice"
                if name
                else f"{path}, line 1: a column has no name"
            )
        if optional is not None and name not in (*required, *optional):
            raise DataError(f"{path}, line 1: the column {name!r} is none of {', '.join((*required, *optional))}")
    return {name: at for at, name in enumerate(names)}


def _item(path: Path, line: int, cells: dict[str, str], numeric: set[str]) -> Item:
    for name in ("item_id", "title"):
        if not cells[name]:
            raise DataError(f"{path}, line {line}: {name} is empty")
    year = cells.get("year", "")
    if year and not _YEAR.fullmatch(year):
        raise DataError(f"{path}, line {line}: year {year!r} is not a year")
    attributes: dict[str, Attribute] = {}
    for name, cell in cells.items():
        if cell and is_attribute(name):
            attributes[name] = float(cell) if name in numeric else _values(cell)
    return Item(
        item_id=cells["item_id"],
        title=cells["title"],
        titles=in_other_languages(cells, "title"),
        year=int(float(year)) if year else None,
        description=cells.get("description") or None,
        descriptions=in_other_languages(cells, "description"),
        pitch=cells.get("pitch") or None,
        pitches=in_other_languages(cells, "pitch"),
        remembered=cells.get("remembered") or None,
        image=cells.get("image") or None,
        other_names=_values(cells.get("other_names", "")),
        popularity=_popularity(path, line, cells.get("popularity") or "0"),
        standing=_standing(path, line, cells.get("standing") or "0"),
        attributes={name: value for name, value in attributes.items() if value != ()},
    )


def _popularity(path: Path, line: int, cell: str) -> int:
    if not re.fullmatch(r"\d+(?:\.\d*)?", cell):
        raise DataError(f"{path}, line {line}: popularity {cell!r} is not a number of people")
    return int(float(cell))


def _standing(path: Path, line: int, cell: str) -> float:
    try:
        standing = float(cell)
    except ValueError:
        standing = math.nan
    if not math.isfinite(standing):
        raise DataError(f"{path}, line {line}: standing {cell!r} is not a number")
    return standing


def _values(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in cell.split(SEPARATOR) if part.strip()))


def _all_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    try:
        return bool(filled) and bool(np.isfinite(np.asarray(filled, dtype=np.float64)).all())
    except ValueError:
        return False


def _numbers(path: Path, lines: Sequence[int], name: str, column: Sequence[str]) -> NDArray[np.float64]:
    """A column of numbers, NaN where a cell is empty."""
    if "" in column:
        column = [cell or "nan" for cell in column]
        empty = np.asarray([cell == "nan" for cell in column])
    else:
        empty = np.zeros(len(column), dtype=bool)
    try:
        numbers = np.asarray(column, dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(numbers) & ~empty)
        at = int(wrong[0]) if len(wrong) else None
    except ValueError:
        at = next(i for i, cell in enumerate(column) if not _all_numbers([cell]) and not empty[i])
    if at is not None:
        raise DataError(f"{path}, line {lines[at]}: {name} {column[at]!r} is not a number")
    return numbers


def _columns_of(events: Interactions, catalog: Catalog) -> NDArray[np.int64]:
    column = {item.item_id: at for at, item in enumerate(catalog)}
    columns = np.fromiter((column.get(i, -1) for i in events.item_id), dtype=np.int64, count=len(events.item_id))
    unknown = np.flatnonzero(columns < 0)
    if len(unknown):
        at = int(unknown[0])
        raise DataError(f"{events.path}, line {events.line[at]}: item {events.item_id[at]!r} is not among the items")
    return columns


def _latest(
    user: NDArray[np.int64], column: NDArray[np.int64], timestamp: NDArray[np.int64] | None, items: int
) -> NDArray[np.int64]:
    """Positions of the interactions that count: of each person and item the latest, by time and then by line."""
    order = np.arange(len(user)) if timestamp is None else np.argsort(timestamp, kind="stable")
    key = (user * items + column)[order][::-1]
    _, first = np.unique(key, return_index=True)
    return np.sort(order[::-1][first])
