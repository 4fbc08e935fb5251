"""An act -> the words of a reply, by the dialogue model; knows nothing of users.

The model never sees a title (domain.prompt), so it cannot name an item that it was not given; what it drafts is checked
against its brief before anybody reads it: a sentence that fails is drawn again, where no draft passes each item is
written of by itself, and where that fails too a template speaks.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import onnxruntime_genai as og

from bot.acts import Act, Answer, Ask, Pick, Recommend
from bot.checks import Checker, sentences
from bot.device import cores
from domain.artifact import ArtifactError
from domain.catalog import Catalog, Item
from domain.phrasing import Phrasing
from domain.prompt import END, Brief, BriefItem, brief_item, fill, render

MAX_PROMPT_TOKENS = 300
MAX_REPLY_TOKENS = 140
MOST_THREADS = 8
"""Beyond these a small model waits for its memory."""
DRAFTS = 2
"""Whole drafts, at most."""
REDRAWN = 6
"""Sentences of a draft that are drawn again, at most."""
DULL = 3
"""So often in a reply is a sentence drawn again for a turn of phrase used a moment ago, or for want of a reason."""
PHRASE = 4
"""Words of a turn of phrase."""
TAUGHT = 3
"""Items of the longest slates that the model has been taught to write about at once."""
_FIRST = re.compile(r"\b(?:first pick|(?:begin|start) with)\b", re.IGNORECASE)
TEMPERATURE = 0.6
TOP_P = 0.9


class Dialogue(Protocol):
    """Writes replies."""

    def write(self, act: Act, language: str, seed: int, before: str = "") -> str | None:
        """The words for an act.

        Args:
            act: what to say.
            language: of the reply.
            seed: the same seed writes the same words.
            before: the reply before this one, no sentence of which is said again.

        Returns:
            None if no draft passes the checks, or if it is not for this model to write.
        """


class NoDialogue:
    """The dialogue of an artifact that has no model: the templates speak."""

    def write(self, act: Act, language: str, seed: int, before: str = "") -> str | None:
        """See `Dialogue.write`."""
        return None


class Drafter(Protocol):
    """Continues a prompt."""

    def draft(
        self, prompt: str, seed: int, is_promising: Callable[[str], bool], is_good: Callable[[str], bool]
    ) -> str | None:
        """The first of a few texts after a prompt that is good; None if none is.

        Args:
            prompt: what to continue.
            seed: the same seed draws the same texts.
            is_promising: asked at the end of each sentence; one that makes a text less than that is drawn again.
            is_good: asked at the end of a text.
        """


def language_model(folder: Path) -> Any:
    """The `og.Model` that `export.dialogue` made, on every core: left to itself it may find fewer.

    Raises:
        ArtifactError: it cannot be loaded.
    """
    threads = min(cores(), MOST_THREADS)
    try:
        config = og.Config(str(folder))
        config.overlay(json.dumps({"model": {"decoder": {"session_options": {"intra_op_num_threads": threads}}}}))
        return og.Model(config)
    except RuntimeError as error:
        raise ArtifactError(f"the dialogue model in {folder} cannot be loaded: {error}") from error


class GenaiDrafter:
    """The exported language model; `draft` may be called from several threads, one waits for the other."""

    def __init__(self, folder: Path) -> None:
        """Load a model that `export.dialogue` made.

        Raises:
            ArtifactError: it cannot be loaded.
        """
        self._model = language_model(folder)
        self._tokenizer = og.Tokenizer(self._model)
        self._turn = threading.Lock()

    def draft(
        self, prompt: str, seed: int, is_promising: Callable[[str], bool], is_good: Callable[[str], bool]
    ) -> str | None:
        """See `Drafter.draft`; the prompt is read once, and the generator rewound to its end for each draft."""
        with self._turn:
            ids = self._tokenizer.encode(prompt)
            if len(ids) > MAX_PROMPT_TOKENS:
                return None
            generator = self._generator(len(ids), seed)
            generator.append_tokens(ids)
            for _ in range(DRAFTS):
                text = self._continue(generator, len(ids), is_promising)
                if text is not None and is_good(text):
                    return text
                _rewind(generator, len(ids))
            return None

    def _continue(self, generator: Any, start: int, is_promising: Callable[[str], bool]) -> str | None:
        """One text, from tokens `start` on; a sentence that is not promising is drawn again from where it began."""
        stream, text = self._tokenizer.create_stream(), ""
        kept, kept_text, redrawn = start, "", 0
        while not generator.is_done():
            generator.generate_next_token()
            piece = stream.decode(generator.get_next_tokens()[0])
            text += piece
            if not piece.endswith((".", "!", "?")):
                continue
            if is_promising(text.strip()):
                kept, kept_text = len(generator.get_sequence(0)), text
            elif redrawn == REDRAWN:
                return None
            else:
                redrawn += 1
                _rewind(generator, kept)
                stream, text = self._tokenizer.create_stream(), kept_text
        whole: str = self._tokenizer.decode(generator.get_sequence(0)[start:])
        return whole.removesuffix(END).strip()

    def _generator(self, prompt_tokens: int, seed: int) -> Any:
        parameters = og.GeneratorParams(self._model)
        parameters.set_search_options(
            max_length=prompt_tokens + MAX_REPLY_TOKENS,
            do_sample=True,
            temperature=TEMPERATURE,
            top_p=TOP_P,
            random_seed=seed,
        )
        return og.Generator(self._model, parameters)


def _rewind(generator: Any, length: int) -> None:
    """Take back all but the first tokens; the last of these is read again, since what follows it was lost."""
    last = generator.get_sequence(0)[length - 1 : length]
    generator.rewind_to(length - 1)
    generator.append_tokens(last)


class _Promise:
    """Whether what a draft has so far may stay: true, no sentence of the reply before, and no stale turn of phrase."""

    def __init__(self, checker: Checker, brief: Brief, before: str, *, opens: bool) -> None:
        self._checker = checker
        self._brief = brief
        self._before = before
        self._opens = opens
        self._patience = DULL

    def __call__(self, text: str) -> bool:
        said = sentences(text)
        if not self._checker.is_promising(self._brief, text) or not self.is_new(text):
            return False
        if not self._opens and _FIRST.search(text):
            return False
        dull = said and (self._is_stale(said) or self._checker.leaves_out_a_reason(self._brief, said))
        if dull and self._patience:
            self._patience -= 1
            return False
        return True

    def _is_stale(self, said: Sequence[str]) -> bool:
        """Whether the last sentence begins like one before it, or has a turn of phrase that was used before."""
        *earlier, last = said
        begins_alike = bool(_beginning(last) & set().union(*map(_beginning, earlier)))
        return begins_alike or bool(_phrases(last) & _phrases(self._before, *earlier))

    def is_new(self, text: str) -> bool:
        """Whether it has no sentence of the reply before."""
        return not set(sentences(text)) & set(sentences(self._before))


def _beginning(sentence: str) -> set[tuple[str, ...]]:
    """The first two words of a sentence; none if one is a name."""
    words = re.findall(r"[@#]?[\w'’-]+", sentence.lower())[:2]
    return {tuple(words)} if all(word[0].isalpha() for word in words) else set()


def _phrases(*texts: str) -> set[tuple[str, ...]]:
    """The turns of phrase in some texts: so many words in a row, none of them a name or a number."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        words = re.findall(r"[@#]?[\w'’-]+", text.lower())
        for at in range(len(words) - PHRASE + 1):
            gram = tuple(words[at : at + PHRASE])
            if all(word[0].isalpha() for word in gram):
                found.add(gram)
    return found


class DraftingDialogue:
    """Writes English recommendations, questions and answers from briefs; everything else is left to the templates."""

    def __init__(self, drafter: Drafter, catalog: Catalog, checker: Checker) -> None:
        self._drafter = drafter
        self._checker = checker
        self._catalog = catalog
        self._phrasing = Phrasing(catalog.vocabulary)
        measures = (name for name, measure in catalog.vocabulary.measures.items() if measure.units or name == "year")
        self._taught = frozenset((*measures, *catalog.vocabulary.ask))

    def write(self, act: Act, language: str, seed: int, before: str = "") -> str | None:
        """See `Dialogue.write`."""
        if language != "en":
            return None
        match act:
            case Recommend() if act.picks:
                brief, liked = self._recommendation(act)
                items = [pick.item for pick in act.picks]
            case Ask(attribute=str(attribute)) if act.options:
                options = tuple(self._phrasing.value(attribute, value) for value in act.options)
                topic = self._phrasing.word(attribute).rstrip("s")
                brief, items, liked = Brief("ask", self._phrasing.noun(), topic=topic, options=options), [], []
            case Answer(attribute=str(attribute), why=False, among=(), also=()) if attribute in self._taught:
                brief, items, liked = self._answer(act.item, attribute), [act.item], []
            case _:
                return None
        taught = len(items) <= TAUGHT
        draft = (taught and self._draft(brief, seed, before)) or self._item_by_item(brief, seed, before)
        return fill(draft, _names(draft, items), [self._liked_name(item) for item in liked]) if draft else None

    def _draft(self, brief: Brief, seed: int, before: str, *, opens: bool = True) -> str | None:
        """A draft that passes; one that does not open a reply says of nothing that it comes first."""
        promise = _Promise(self._checker, brief, before, opens=opens)

        def is_good(text: str) -> bool:
            return promise.is_new(text) and not self._checker.faults(brief, text)

        return self._drafter.draft(render(brief), seed, promise, is_good)

    def _item_by_item(self, brief: Brief, seed: int, before: str) -> str | None:
        """A draft of several items made of one for each, so that the reasons of one cannot pass for the others'."""
        if len(brief.items) < 2:
            return None
        told: list[str] = []
        for n, item in enumerate(brief.items, start=1):
            opens = n == 1 and bool(brief.unmet or brief.again)
            alone = replace(brief, items=(item,)) if opens else Brief(brief.act, brief.noun, (item,))
            draft = self._draft(alone, seed + n, " ".join((before, *told)), opens=n == 1)
            if not draft:
                return None
            said = sentences(draft)
            at = next(at for at, sentence in enumerate(said) if "@1" in sentence)
            told += [sentence.replace("@1", f"@{n}") for sentence in said[0 if opens else at : at + 1]]
        whole = " ".join(told)
        return None if self._checker.faults(brief, whole) else whole

    def _liked_name(self, item: Item) -> str:
        """What few know is named with its year, so that one taken for another of its name is noticed."""
        return item.title if item.popularity >= self._catalog.popular_from else item.name

    def _recommendation(self, act: Recommend) -> tuple[Brief, list[Item]]:
        liked = list({pick.because.item_id: pick.because for pick in act.picks if pick.because}.values())
        out = self._phrasing.superlatives([pick.item for pick in act.picks])
        items = tuple(self._item(pick, liked, one) for pick, one in zip(act.picks, out, strict=True))
        unmet = self._phrasing.wish_list(act.unmet)
        return Brief("recommend", self._phrasing.noun(), items, unmet, act.again), liked

    def _item(self, pick: Pick, liked: Sequence[Item], stands_out: str) -> BriefItem:
        because = (liked.index(pick.because) + 1, pick.because) if pick.because else None
        meets = self._phrasing.wish_list(pick.meets)
        return brief_item(pick.item, self._phrasing, self._catalog, because, meets, stands_out)

    def _answer(self, item: Item, attribute: str) -> Brief:
        told = brief_item(item, self._phrasing, self._catalog)
        value = self._phrasing.fact(item, attribute)
        return Brief("answer", self._phrasing.noun(), (told,), topic=self._phrasing.word(attribute), value=value)


def _names(draft: str, items: Sequence[Item]) -> list[str]:
    """What the items are called: by title and year, or by title where a draft tells the year itself."""
    dated = [
        any(f"@{n}" in said and re.search(rf"\b{item.year}\b", said) for said in sentences(draft))
        for n, item in enumerate(items, start=1)
    ]
    return [item.title if told else item.name for item, told in zip(items, dated, strict=True)]
