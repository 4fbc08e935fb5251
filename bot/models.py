"""What serves: the models of one artifact, loaded whole, and exchanged for the next while conversations go on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.dialogue import Dialogue, NoDialogue
from bot.evidence import Evidence, NoEvidence, OnnxEvidence
from bot.history import Person
from bot.likeness import Likeness
from bot.reader import NoReader, OnnxReader, Reader
from bot.recommender import OnnxRecommender, PopularityRecommender, Recommender
from bot.resolve import Context, Resolver, Understood
from bot.search import Search
from bot.seeking import Seeker
from bot.slate import SlateMaker
from bot.texts import Texts
from bot.titles import Titles
from bot.wording import Wording
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog, CatalogError
from domain.linking import Linker
from domain.plan import Plan

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0


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
    def likeness(self) -> Likeness:
        """What compares items by what they are."""
        return Likeness(self.catalog, self.search.vectors)

    @cached_property
    def seeker(self) -> Seeker:
        """What decides which words are searched."""
        return Seeker(self.search, self.catalog.vocabulary.asking)

    def understand(self, text: str, last: Plan, person: Person) -> Understood:
        """What a message says, after the bot's last reply to a person."""
        earlier = frozenset((*person.preference.opinions, *(shown.item_id for shown in person.shown)))
        return self.resolver.resolve(self.reader.read(text, last.code), Context(last.slate, last.focus, earlier))

    @property
    def lacks(self) -> list[str]:
        """What the artifact has no model for, in words."""
        missing = []
        if isinstance(self.recommender, PopularityRecommender):
            missing.append("no trained recommender in it: I recommend what is popular")
        if isinstance(self.dialogue, NoDialogue):
            missing.append("no dialogue model in it: I answer in set phrases")
        if isinstance(self.reader, NoReader):
            missing.append("no reader that can be used: of what is said I know titles, and nothing more")
        return missing


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
        dialogue=NoDialogue(),
        catalog=catalog,
        linker=linker,
        search=search,
        **made,
    )


def _search(folder: Path, manifest: Manifest, catalog: Catalog, old: Models | None) -> Search:
    """What searches a version; the one in memory, if its files are the same."""
    files = (artifact.SEARCH, artifact.MEANING, artifact.MEANING_OF_VALUES, artifact.SEARCH_WORDS, artifact.CATALOG)
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


def _made_from_catalog(
    folder: Path, manifest: Manifest, texts: Texts, old: Models | None
) -> tuple[Catalog, Linker, dict[str, Any]]:
    """The catalogue and what reads by it; what is in memory, if the files are the same: making it takes a second."""
    if old and _files(old.manifest, artifact.CATALOG) == _files(manifest, artifact.CATALOG):
        parts = ("slates", "titles", "wording")
        return old.catalog, old.linker, {name: getattr(old, name) for name in parts}
    try:
        catalog = Catalog.load(folder / artifact.CATALOG)
    except CatalogError as error:
        raise ArtifactError(str(error)) from error
    linker = Linker(catalog)
    made = {
        "slates": SlateMaker(catalog),
        "titles": Titles(catalog, linker),
        "wording": Wording(catalog, texts),
    }
    return catalog, linker, made


def _files(manifest: Manifest, *names: str) -> dict[str, object]:
    """The SHA-256 of some files of a version, and of those in some of its folders."""
    return {path: facts["sha256"] for path, facts in manifest.files.items() if path.split("/")[0] in names}


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
        try:
            self.models = await asyncio.to_thread(load, self._domain_folder / str(version), self._texts, self.models)
            log.info("serving version %s", version)
        except ArtifactError as error:
            self._refused = version
            log.error(  # noqa: TRY400 - the sentence says it all
                "version %s cannot be used, %s goes on: %s", version, self.models.manifest.version, error
            )

    async def watch(self) -> None:
        """Refresh for ever: whoever publishes, this process or another, is followed within seconds."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await self.refresh()
