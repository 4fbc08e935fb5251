"""What serves: the models of one artifact, loaded whole, and exchanged for the next while conversations go on."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot import instructions
from bot.dialogue import Dialogue, DraftingDialogue, NoDialogue
from bot.evidence import Evidence, NoEvidence, OnnxEvidence
from bot.gist import Gists
from bot.history import Person
from bot.likely import Likely
from bot.likeness import Likeness
from bot.reader import NoReader, OnnxReader, Reader
from bot.recommender import OnnxRecommender, PopularityRecommender, Recommender
from bot.resolve import Resolver
from bot.search import Search
from bot.seeking import Seeker
from bot.slate import SlateMaker
from bot.texts import Texts
from bot.titles import Titles
from bot.understood import Context, Understood
from bot.wording import Wording
from bot.writer import Writer
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog, CatalogError
from domain.linking import Linker, mask, normal
from domain.plan import Plan
from domain.prompt import BRIEFS, Brief, taught
from domain.reading import LANGUAGES
from domain.words import leans_to

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0
CHAT_TEMPLATE = "chat_template.jinja"
WARM_UP = Brief("films", "hi", (("ask", "what they loved or feel like"),))


@dataclass(frozen=True)
class Models:
    """Everything that is made from one artifact; a turn holds on to the one it began with."""

    manifest: Manifest
    catalog: Catalog
    linker: Linker
    reader: Reader
    resolver: Resolver
    recommender: Recommender
    evidence: Evidence
    dialogue: Dialogue
    slates: SlateMaker
    titles: Titles
    wording: Wording
    search: Search

    @cached_property
    def standing(self) -> NDArray[np.float32]:
        """What each item is worth to somebody of whom nothing is known, by what the source tells ``[items]``."""
        return np.array([item.standing for item in self.catalog], dtype=np.float32)

    @cached_property
    def likeness(self) -> Likeness:
        """What compares items by what they are."""
        return Likeness(self.catalog, self.search.vectors)

    @cached_property
    def seeker(self) -> Seeker:
        """What decides which words are searched."""
        return Seeker(self.search, self.catalog.vocabulary.asking)

    @cached_property
    def gists(self) -> Gists:
        """What reads what messages describe as a whole."""
        return Gists(self.search, self.catalog)

    def understand(self, text: str, last: Plan, person: Person) -> Understood:
        """What a message says, after the bot's last reply to a person."""
        earlier = frozenset((*person.preference.opinions, *(shown.item_id for shown in person.shown)))
        context = Context(last.slate, last.focus, earlier, last.subject, person.preference.constraints)
        reading = self.reader.read(text, last.code)
        before = language_before(person)
        spans = self.linker.exact(text)
        words, read = normal(mask(text, spans)).split(), reading.language
        titled = read == "en" and before in SPACED and leans_to(words, before)
        brief = before == "en" and read in SPACED and len(words) <= BRIEF and not leans_to(words, read)
        if titled or brief:
            reading.logits["languages"][LANGUAGES.index(before)] = reading.logits["languages"].max() + 1
        said = self.resolver.resolve(reading, context)
        shown = [item for one in last.slate if (item := self.catalog.get(one))]
        called = {self.catalog[at].item_id for span in spans for at in self.linker.columns(text[slice(*span)])[:1]}
        return self.seeker.reconsidered(said, text, shown, called)

    @property
    def lacks(self) -> list[str]:
        """What the artifact has no model for, in words."""
        missing = []
        if isinstance(self.recommender, PopularityRecommender):
            missing.append("no trained recommender in it: I recommend what is popular")
        if isinstance(self.dialogue, NoDialogue):
            missing.append("no dialogue model that can be used: the templates write")
        if isinstance(self.reader, NoReader):
            missing.append("no reader that can be used: of what is said I know titles, and nothing more")
        return missing


SPACED = ("es", "de", "fr", "pt")
"""Languages in which an English title is easily taken for the language of the message."""


BRIEF = 3
"""So few words tell hardly of a language: "Forman? Chytilova?"."""


def language_before(person: Person) -> str:
    """The language of the last message of a person; empty if it is not remembered."""
    told = next((m.told for m in reversed(person.messages) if m.role == "user" and m.told), "{}")
    return str(json.loads(told).get("language", ""))


def load(folder: Path, texts: Texts, old: Models | None = None) -> Models:
    """Load one version.

    Args:
        folder: of the version.
        texts: the sentences of the bot.
        old: what serves now: its dialogue model is kept if the new version has the same.

    Raises:
        ArtifactError: the version is not whole, or a model in it cannot be loaded.
    """
    manifest = Manifest.load(folder)
    catalog, linker, made = _made_from_catalog(folder, manifest, texts, old)
    has_model = (folder / artifact.RECOMMENDER).is_file()
    search = _search(folder, manifest, catalog, old)
    return Models(
        manifest=manifest,
        reader=_reader(folder, manifest, old),
        resolver=Resolver(catalog, linker, search),
        recommender=OnnxRecommender(folder, manifest.noise) if has_model else PopularityRecommender(catalog),
        evidence=OnnxEvidence(folder) if (folder / artifact.EVIDENCE).is_file() else NoEvidence(),
        dialogue=_dialogue(folder, manifest, old),
        catalog=catalog,
        linker=linker,
        search=search,
        **made,
    )


def _search(folder: Path, manifest: Manifest, catalog: Catalog, old: Models | None) -> Search:
    """What searches a version; the one in memory, if its files are the same."""
    files = (
        artifact.SEARCH, artifact.MEANING, artifact.MEANING_OF_VALUES, artifact.DESCRIPTIONS, artifact.SEARCH_WORDS,
        artifact.CATALOG,
    )  # fmt: skip
    if old and _files(old.manifest, *files) == _files(manifest, *files):
        return old.search
    return Search.load(folder, catalog)


def _reader(folder: Path, manifest: Manifest, old: Models | None) -> Reader:
    """What reads messages; the one in memory, if its files are the same; none where it is missing or broken."""
    if old and _files(old.manifest, artifact.READER) == _files(manifest, artifact.READER):
        return old.reader
    try:
        return OnnxReader(folder / artifact.READER)
    except ArtifactError as error:
        log.warning("%s", error)
        return NoReader()


def _dialogue(folder: Path, manifest: Manifest, old: Models | None) -> Dialogue:
    """What writes the words of a version; the one that runs, if its files are the same."""
    if old and _files(old.manifest, artifact.DIALOGUE) == _files(manifest, artifact.DIALOGUE):
        return old.dialogue
    try:
        return dialogue_of(folder / artifact.DIALOGUE)
    except ArtifactError as error:
        log.warning("%s", error)
        return NoDialogue()


def dialogue_of(folder: Path) -> Dialogue:
    """What writes by the model of a folder, not started yet; `NoDialogue` where there is none.

    Raises:
        ArtifactError: its model does not know what it would be asked.
    """
    if not folder.is_dir():
        return NoDialogue()
    facts, base = _facts(folder / artifact.DIALOGUE_FACTS), _facts(folder / artifact.BASE_MODEL_FACTS)
    if facts.get("adapter"):
        if facts.get("briefs") != BRIEFS:
            raise ArtifactError(
                f"the dialogue model in {folder} was trained on briefs of format {facts.get('briefs')}, and this "
                f"program makes those of format {BRIEFS}: set phrases stand in for it until `make run` builds it anew"
            )
        return DraftingDialogue(Writer(folder, taught(WARM_UP)), taught, frozenset(facts.get("languages", ("en",))))
    if str(base.get("origin", "default")).startswith("default"):
        raise ArtifactError(
            f"the dialogue model in {folder} is the default one, which is too small to write without an adapter: "
            "set PARLEY_BASE_MODEL to a larger one that was tuned to follow instructions, or train an adapter"
        )
    if not (folder / CHAT_TEMPLATE).is_file():
        raise ArtifactError(f"the dialogue model in {folder} has no chat template, so it was not made for conversation")
    return DraftingDialogue(Writer(folder, instructions.ask(WARM_UP)), instructions.ask)


def _facts(path: Path) -> dict[str, Any]:
    """The facts in a file of JSON; none where it cannot be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _made_from_catalog(
    folder: Path, manifest: Manifest, texts: Texts, old: Models | None
) -> tuple[Catalog, Linker, dict[str, Any]]:
    """The catalogue and what reads by it; what is in memory, if the files are the same: making it takes a second."""
    files = artifact.CATALOG, artifact.LIKELY
    if old and _files(old.manifest, *files) == _files(manifest, *files):
        parts = ("slates", "titles", "wording")
        return old.catalog, old.linker, {name: getattr(old, name) for name in parts}
    try:
        catalog = Catalog.load(folder / artifact.CATALOG)
    except CatalogError as error:
        raise ArtifactError(str(error)) from error
    linker = Linker(catalog)
    made = {
        "slates": SlateMaker(catalog, Likely.load(folder / artifact.LIKELY)),
        "titles": Titles(catalog, linker),
        "wording": Wording(catalog, texts),
    }
    return catalog, linker, made


def _files(manifest: Manifest, *names: str) -> dict[str, object]:
    """The SHA-256 of some files of a version, and of those in some of its folders."""
    return {path: facts["sha256"] for path, facts in manifest.files.items() if path.split("/")[0] in names}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: of objects that all stay there is none, and looking takes long."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def load_current(domain_folder: Path, texts: Texts, warn: Callable[[str], None]) -> Models:
    """Load the version in use, or the newest one that can be loaded if that one is broken.

    Args:
        domain_folder: ``artifacts/<domain>``.
        texts: the sentences of the bot.
        warn: told a sentence for each version that cannot be loaded.

    Raises:
        ArtifactError: none can be loaded.
    """
    current = artifact.current(domain_folder)
    others = [v for v in reversed(artifact.versions(domain_folder)) if v != current]
    for version in [current, *others] if current else others:
        try:
            with _uncollected():
                return load(domain_folder / version, texts)
        except ArtifactError as error:
            warn(f"version {version} cannot be used: {error}")
    raise ArtifactError(f"there is no usable artifact in {domain_folder}: run `make run`, or build one (see README)")


class Serving:
    """The models in use, followed as `current` changes on disk."""

    def __init__(self, domain_folder: Path, texts: Texts, models: Models) -> None:
        self._domain_folder = domain_folder
        self._texts = texts
        self.models = models
        self._refused: str | None = None
        self._moving = asyncio.Lock()

    async def start(self) -> None:
        """Get what writes ready."""
        await self.models.dialogue.start()

    async def close(self) -> None:
        """Let go of what writes, after what is being written."""
        await self.models.dialogue.close()

    async def refresh(self) -> None:
        """Move to the version that `current` names now; a version that cannot be loaded is refused once, in words.

        Whoever calls while another call is loading waits for it, so that no version is loaded twice.
        """
        async with self._moving:
            await self._refresh()

    async def _refresh(self) -> None:
        version = artifact.current(self._domain_folder)
        if version in (None, self.models.manifest.version, self._refused):
            return
        old = self.models
        try:
            new = await asyncio.to_thread(load, self._domain_folder / str(version), self._texts, old)
        except ArtifactError as error:
            self._refused = version
            log.error(  # noqa: TRY400 - the sentence says it all
                "version %s cannot be used, %s goes on: %s", version, old.manifest.version, error
            )
            return
        writes_anew = new.dialogue is not old.dialogue
        if writes_anew:
            await new.dialogue.start()
        self.models = new
        log.info("serving version %s", version)
        if writes_anew:
            await old.dialogue.close()

    async def watch(self) -> None:
        """Refresh for ever: whoever publishes, this process or another, is followed within seconds."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await self.refresh()
