"""Words -> the items that they look for: by the words themselves (BM25) and by what they mean, in any domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from bot.descriptions import OF_A_WORD, SURE, Descriptions
from bot.encoder import Encoder, OnnxEncoder
from domain.artifact import DESCRIPTIONS, MEANING, MEANING_OF_VALUES, SEARCH, SEARCH_WORDS, ArtifactError
from domain.catalog import Catalog
from domain.lexicon import Pairs
from domain.searching import PREFIX, described_values, words

BY_WORDS, OF_A_STORY = 0.006, 0.005
"""What a unit of BM25 counts beside the cosine of meaning: chosen on themes and, of stories, on plots, held apart."""
BY_COVER = 0.03
"""What it counts that an item has all the words that name a thing: chosen on requests to a shop and a school."""
BY_REST = 0.5
"""What other words of the same message count beside those that say what is looked for."""
BY_FAME = 0.002
"""What a unit of the logarithm of popularity counts beside both."""
NEAR = 0.03
"""So far below the best is what still fits."""
RECALLED, FAR_AHEAD = 0.9, 0.03
"""From such a score on, and so far ahead of all others, an item is surely what a few words describe."""
SAME, SAME_WORD, SAME_BARE = 0.88, 0.915, 0.945
"""Such a cosine has what several words mean with the value that they are another way to say, and what one word does:
chosen on themes of films, a plumber being no painter. The last is of values for which no other words are known: to
analyse data is data analysis, and data visualization is not."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        scores: of the items, float32 ``[items]``; higher is nearer.
        cosine: of what is meant by the words with what the nearest item means; 0 where nothing tells what is meant.
        covered: the largest share of the words, rare ones counting more, that one item has; 0 to 1.
    """

    scores: NDArray[np.float32]
    cosine: float
    covered: float

    def fitting(self, least: int) -> NDArray[np.bool_]:
        """The items that fit nearly as well as the best, and at least so many, ``[items]``."""
        near: NDArray[np.bool_] = self.scores >= self.scores.max() - NEAR
        if near.sum() < least:
            near[np.argsort(-self.scores, kind="stable")[:least]] = True
        return near


class Search:
    """Searches one catalogue; made once a catalogue, then used by any thread."""

    def __init__(
        self,
        catalog: Catalog,
        index: bm25s.BM25 | None,
        encoder: Encoder | None,
        vectors: NDArray[np.float16] | None,
        of_values: NDArray[np.float16] | None = None,
        descriptions: Descriptions | None = None,
    ) -> None:
        """Put it together; without encoder and vectors words alone count.

        Attributes:
            vectors: what the text of each item means ``[items, size]``, of unit length; None if that is not known.
        """
        self._index = index
        self._encoder = encoder if vectors is not None else None
        self.vectors = vectors
        described = described_values(catalog) if of_values is not None else {}
        self._values = list(described)
        self._bare = np.array([len(set(texts)) == 1 for texts in described.values()], dtype=bool)
        self._of_values = of_values
        self._descriptions = descriptions
        learned = frozenset(descriptions.known if descriptions else ())
        self._unlearned = np.array([pair not in learned for pair in self._values], dtype=bool)
        self._columns_of = catalog.values
        self._ids = [item.item_id for item in catalog]
        self._columns = {item_id: column for column, item_id in enumerate(self._ids)}
        self._fame = np.log1p(np.array([item.popularity for item in catalog], dtype=np.float32))
        self._known = index.vocab_dict if index is not None else {}

    @classmethod
    def load(cls, folder: Path, catalog: Catalog) -> Search:
        """Read what `export.meaning` and `export.search_encoder` put into an artifact; what is not there is not used.

        Raises:
            ArtifactError: it is there and cannot be used.
        """
        try:
            index = (
                bm25s.BM25.load(folder / SEARCH_WORDS, mmap=True, load_corpus=False)
                if (folder / SEARCH_WORDS).is_dir()
                else None
            )
            vectors, of_values = (
                np.load(folder / name, allow_pickle=False) if (folder / name).is_file() else None
                for name in (MEANING, MEANING_OF_VALUES)
            )
        except (OSError, EOFError, TypeError, ValueError, KeyError) as error:
            raise ArtifactError(f"the search index in {folder} cannot be loaded: {error}") from error
        indexed = index.scores["num_docs"] if index is not None else len(catalog)
        if indexed != len(catalog):
            raise ArtifactError(f"{folder / SEARCH_WORDS} is of {indexed} items, the catalogue has {len(catalog)}")
        if vectors is not None and vectors.shape[:1] != (len(catalog),):
            told = len(vectors) if vectors.ndim else 0
            raise ArtifactError(f"{folder / MEANING} tells of {told} items, the catalogue has {len(catalog)}")
        if of_values is not None and len(of_values) != len(described_values(catalog)):
            raise ArtifactError(f"{folder / MEANING_OF_VALUES} tells of other values than the catalogue has")
        encoder = OnnxEncoder(folder / SEARCH) if (folder / SEARCH).is_dir() else None
        return cls(catalog, index, encoder, vectors, of_values, Descriptions.load(folder / DESCRIPTIONS, catalog))

    @property
    def is_ready(self) -> bool:
        """Whether there is anything to search with."""
        return self._index is not None or self._encoder is not None

    def apart(self, text: str, telling: str) -> dict[str, NDArray[np.float32]]:
        """Scores by words alone and by meaning alone, to compare with: ``BM25`` and ``meaning``, ``[items]`` each."""
        nothing = np.zeros(len(self._fame), dtype=np.float32)
        known = [word for word in dict.fromkeys(words(telling)) if word in self._known]
        by_words = self._index.get_scores(known) if self._index is not None and known else nothing
        meant = nothing
        if self._encoder is not None and self.vectors is not None:
            meant = self.vectors.astype(np.float32) @ self._encoder.read(PREFIX + text).whole
        return {"BM25": by_words, "meaning": meant}

    def values(self, words: str) -> Pairs:
        """The (attribute, value) pairs that words are another way to say; none if they say something else.

        Where it was learned which they are, that tells; else the value whose names mean most nearly the same.
        """
        if self._encoder is None:
            return ()
        if self._descriptions is not None:
            learned, sureness = self.told(words)
            sure = sureness >= (SURE if _is_of_several(words) else OF_A_WORD)
            if sure or not self._unlearned.any():
                return learned if sure else ()
        best, cosine = self._nearest(words, self._unlearned)
        if best is None:
            return ()
        least = SAME_BARE if self._bare[best] else SAME if " " in words.strip() else SAME_WORD
        return (self._values[best],) if cosine >= least else ()

    def nearest_values(self, words: str) -> Pairs:
        """The value whose names mean most nearly what words do, however far that is: what learning is compared with."""
        best, _ = self._nearest(words, np.ones(len(self._values), dtype=bool))
        return () if best is None else (self._values[best],)

    def _nearest(self, words: str, among: NDArray[np.bool_]) -> tuple[int | None, float]:
        """The place of the value that words are nearest to in meaning, of some ``[values]``, and its cosine."""
        if self._encoder is None or self._of_values is None or not among.any():
            return None, 0.0
        cosines = self._of_values.astype(np.float32) @ self._encoder.read(PREFIX + words).whole
        best = int(np.where(among, cosines, -1.0).argmax())
        return best, float(cosines[best])

    def told(self, text: str) -> tuple[Pairs, float]:
        """The (attribute, value) pairs that a text may describe, and how sure that is; 0 where it was not learned."""
        if self._encoder is None or self._descriptions is None:
            return (), 0.0
        return self._descriptions.values(self._encoder.read(PREFIX + text.lower()).whole)

    def chances(self, text: str) -> Mapping[tuple[str, str], float]:
        """How surely a text describes each (attribute, value) pair, 0 to 1; none where that was not learned."""
        if self._encoder is None or self._descriptions is None:
            return {}
        return self._descriptions.chances_of(self._encoder.read(PREFIX + text.lower()).whole)

    def having(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Which items have one of the values of each attribute, of some (attribute, value) pairs, ``[items]``."""
        kinds: dict[str, NDArray[np.bool_]] = {}
        for attribute, value in pairs:
            held = kinds.setdefault(attribute, np.zeros(len(self._ids), dtype=bool))
            held[list(self._columns_of.get(attribute, {}).get(value, ()))] = True
        return np.asarray(np.logical_and.reduce(list(kinds.values())))

    def item_id(self, column: int) -> str:
        """The id of the item of a column."""
        return self._ids[column]

    def nearest(self, words: str, item_ids: Sequence[str]) -> str | None:
        """Which of some items words describe best; None where nothing tells what is meant."""
        if self._encoder is None or self.vectors is None:
            return None
        here = [item_id for item_id in item_ids if item_id in self._columns]
        if not here:
            return None
        vectors = self.vectors[[self._columns[item_id] for item_id in here]].astype(np.float32)
        return here[int((vectors @ self._encoder.read(PREFIX + words).whole).argmax())]

    def recalled(self, words: str) -> str | None:
        """The item that words describe far better than any other; None if there is none."""
        if self._encoder is None or self.vectors is None or len(self._ids) < 2:
            return None
        found = self.find(words, words, story=True).scores
        second, first = np.argsort(found)[-2:]
        is_it = found[first] >= RECALLED and found[first] - found[second] >= FAR_AHEAD
        return self._ids[int(first)] if is_it else None

    def find(
        self,
        text: str,
        telling: str,
        *,
        rest: str = "",
        story: bool = False,
        among: NDArray[np.bool_] | None = None,
    ) -> Found:
        """What a message looks for.

        Args:
            text: as it was said: what it means ranks the items.
            telling: those of its words that say what is looked for: they are looked up, and tell whether anything fits.
            rest: other words of the message, which are looked up and tell nothing of what there is.
            story: it tells what happens in something, of which hardly all words are known.
            among: the items of which it is told whether anything fits, ``[items]``; all without it.
        """
        here = np.ones(len(self._fame), dtype=bool) if among is None or not among.any() else among
        by_words, by_cover = (OF_A_STORY, 0.0) if story else (BY_WORDS, BY_COVER)
        said = list(dict.fromkeys(words(telling)))
        known = [word for word in said if word in self._known]
        scores = BY_FAME * self._fame
        covered = 0.0
        if self._index is not None and known:
            each = np.stack([self._index.get_scores([word]) for word in known])  # (words, items)
            unknown = np.log1p(2.0 * len(self._fame)) * (len(said) - len(known))
            cover = (each > 0).T.dot(each.max(1)) / (each.max(1).sum() + unknown)
            scores = scores + by_words * each.sum(0) + by_cover * cover
            covered = float(cover[here].max())
        others = [word for word in dict.fromkeys(words(rest)) if word in self._known and word not in said]
        if self._index is not None and others:
            scores = scores + by_words * BY_REST * self._index.get_scores(others)
        cosine = 0.0
        if self._encoder is not None and self.vectors is not None:
            vectors = self.vectors.astype(np.float32)
            scores = scores + vectors @ self._encoder.read(PREFIX + text).whole
            cosine = float((vectors @ self._encoder.read(PREFIX + telling).whole)[here].max())
        return Found(scores.astype(np.float32), cosine, covered)


def _is_of_several(words: str) -> bool:
    """Whether words are more than one, or more than two characters of a language without spaces."""
    plain = words.strip()
    return " " in plain or (plain[:1] >= "\u2e80" and len(plain) > 2)
