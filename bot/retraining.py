"""Rebuilds the recommender in a child process and publishes it if it is no worse: `python -m bot.retraining run`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bot.audit import Audit
from bot.history import History, HistoryError
from bot.phases import Phase, Phases
from bot.settings import Settings, SettingsError
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.history import Interaction

TOLERANCE = 0.005
"""How much NDCG@20 on the hold-out a new version may lose and still be published."""
METRIC = "ndcg@20"

SHELL = "shell"
"""Who did it, where that is whoever may start programs here."""
AUDITED = 3
"""Lines of the audit log that the status shows."""

MIN_PEOPLE = 5
"""With fewer people who agreed, their ratings are not used at all: a model could give away whose they are."""
MIN_PEOPLE_PER_ITEM = 2
MAX_RATINGS_PER_PERSON = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a retrain is: `done` in [0, 1], which never goes back, a sentence, and the phase that it is of."""

    done: float
    say: str
    phase: Phase = "data"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a retrain, a rollback or a look ended: whether the version in use changed, and a sentence for the owner."""

    published: bool
    say: str


class Retraining:
    """Retrains, goes back, tells. One run at a time, whichever process starts it."""

    def __init__(
        self, settings: Settings, history: History, on_publish: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Put it together.

        Args:
            settings: folders and domain.
            history: whose shared ratings are used.
            on_publish: called after the version in use changed.
        """
        self._settings = settings
        self._history = history
        self._on_publish = on_publish
        self._folder = settings.artifacts / settings.domain
        self._audit = Audit(settings.state_dir / f"{settings.domain}.audit.log")
        self._progress: Progress | None = None

    async def run(self, on_progress: Callable[[Progress], Awaitable[None]], by: str = SHELL) -> Outcome:
        """Build a version, compare it with the one in use on the same hold-out, publish it if it is no worse.

        Args:
            on_progress: told how far it is.
            by: who asked for it, for the audit log.
        """
        self._audit.note(by, "retrain", "asked for")
        ended = "broken off"
        try:
            outcome = await self._run_alone(on_progress)
            ended = outcome.say
        finally:
            self._audit.note(by, "retrain", ended)
        return outcome

    async def _run_alone(self, on_progress: Callable[[Progress], Awaitable[None]]) -> Outcome:
        """A run, unless another one is under way."""
        if importlib.util.find_spec("training") is None or importlib.util.find_spec("torch") is None:
            return Outcome(False, "Training is not installed here: install Parley with its extra “train” to retrain.")
        self._settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # The system lets go of it when its process ends, however that ends.
            lock = self._settings.state_dir / f"{self._settings.domain}.retraining"
            with FileLock(lock, blocking=False, mode=0o600):
                return await self._run(on_progress)
        except Timeout:
            return Outcome(False, "A retrain is running already.")
        except (ArtifactError, OSError) as error:
            return Outcome(False, f"The retrain failed, what serves goes on serving: {error}")
        finally:
            self._progress = None

    async def rollback(self, by: str = SHELL) -> Outcome:
        """Go back to the newest whole version before the one in use; `by` is who asked for it, for the audit log."""
        outcome = await self._go_back()
        self._audit.note(by, "rollback", outcome.say)
        return outcome

    async def _go_back(self) -> Outcome:
        current = artifact.current(self._folder)
        older = [v for v in artifact.versions(self._folder) if current is None or v < current]
        for version in reversed(older):
            with contextlib.suppress(ArtifactError):
                return await self._publish(version, f"Went back from {current} to {version}.")
        return Outcome(False, f"There is no whole version before {current or 'the first'} to go back to.")

    async def status(self) -> Outcome:
        """The version in use, its figures, the versions there are, and whether a retrain runs."""
        current = artifact.current(self._folder)
        if current is None:
            return Outcome(False, f"No version of {self._settings.domain} was ever published.")
        manifest = Manifest.load(self._folder / current)
        figures = ", ".join(f"{name} {value:.4f}" for name, value in sorted(manifest.metrics.items()))
        ratings = await self._history.shared_ratings()
        lines = [
            f"Version {current} of {self._settings.domain}, built {manifest.created}.",
            f"On the hold-out: {figures or 'not measured'}.",
            f"Versions kept: {', '.join(artifact.versions(self._folder))}.",
            f"Shared ratings: {len(ratings)} of {len({r.user_id for r in ratings})} people.",
            f"A retrain is at {self._progress.done:.0%}: {self._progress.say}"
            if self._progress
            else "No retrain runs.",
            *(f"Audit log: {line}" for line in self._audit.latest(AUDITED)),
        ]
        return Outcome(False, "\n".join(lines))

    async def _run(self, on_progress: Callable[[Progress], Awaitable[None]]) -> Outcome:
        before = artifact.current(self._folder)
        with tempfile.TemporaryDirectory(prefix=".retraining-", dir=self._settings.state_dir) as scratch:
            shared = Path(scratch) / "shared.csv"
            used = self._write_training_view(await self._history.shared_ratings(), shared)
            built = await self._build(shared if used else None, on_progress)
        if built.error:
            return Outcome(False, f"The retrain failed, {before} goes on serving: {built.error}")
        if before and self._is_unchanged(before, built.version):
            shutil.rmtree(self._folder / built.version)
            return Outcome(False, f"Not published: nothing has changed since {before}, which goes on serving.")
        new, old = self._metric(built.version), self._metric(before) if before else None
        said = f"{METRIC} {new:.4f} on the hold-out, with {used} shared ratings"
        if old is not None and new < old - TOLERANCE:
            shutil.rmtree(self._folder / built.version)  # a rollback must not find it
            return Outcome(False, f"Not published: {said}, but {before} has {old:.4f}; {before} goes on serving.")
        compared = f" (before: {old:.4f})" if old is not None else ""
        return await self._publish(built.version, f"Published {built.version}: {said}{compared}.")

    async def _publish(self, version: str, say: str) -> Outcome:
        artifact.publish(self._folder, version)
        if self._on_publish:
            await self._on_publish()
        return Outcome(True, say)

    def _is_unchanged(self, before: str, version: str) -> bool:
        try:
            serving = Manifest.load(self._folder / before)
        except ArtifactError:
            return False
        return Manifest.load(self._folder / version).serves_as(serving)

    def _metric(self, version: str) -> float:
        return Manifest.load(self._folder / version).metrics.get(METRIC, 0.0)

    def _write_training_view(self, ratings: Iterable[Interaction], path: Path) -> int:
        """Write what training may see, and return how many rows that is."""
        current = artifact.current(self._folder)
        low, high = Manifest.load(self._folder / current).value_range if current else (-1.0, 1.0)
        rows = training_view(ratings, low, high, secrets.token_bytes(32))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["user_id", "item_id", "value", "timestamp"])
            writer.writerows([r.user_id, r.item_id, r.value, r.timestamp] for r in rows)
        return len(rows)

    async def _build(self, shared: Path | None, on_progress: Callable[[Progress], Awaitable[None]]) -> _Built:
        """Run ``training.build`` as a child and follow its JSON lines."""
        command = [sys.executable, "-m", "training.build", *self._settings.build_arguments(), "--no-publish"]
        if shared:
            command += ["--extra-interactions", str(shared)]
        child = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=_one_core_left()
        )
        if hasattr(os, "setpriority"):  # conversations go first; the stages inherit it
            os.setpriority(os.PRIO_PROCESS, child.pid, 10)
        assert child.stdout is not None
        assert child.stderr is not None
        errors = asyncio.create_task(child.stderr.read())
        version, phases = "", Phases()
        try:
            async for line in child.stdout:
                event = json.loads(line)
                version = event.get("version", version)
                if "say" in event:
                    done = phases.tell(str(event.get("stage")), float(event.get("done", 0.0)))
                    self._progress = Progress(done, str(event["say"]), phases.phase)
                    await on_progress(self._progress)
            code = await child.wait()
        finally:
            if child.returncode is None:
                child.terminate()
                await child.wait()
        if code != 0 or not version:
            said = (await errors).decode(errors="replace").strip().splitlines()
            return _Built("", said[-1] if said else f"training.build ended with exit code {code}")
        return _Built(version)


def _one_core_left() -> dict[str, str]:
    """The environment of a build that leaves a core to the conversations, where there is more than one."""
    return {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 2) - 1)), **os.environ}


@dataclass(frozen=True, slots=True)
class _Built:
    version: str
    error: str = ""


def training_view(ratings: Iterable[Interaction], low: float, high: float, key: bytes) -> list[Interaction]:
    """What training may see of shared ratings: no names, no text, no rare items, nobody's every move.

    People get new names by a key that dies with the run, each brings at most `MAX_RATINGS_PER_PERSON` ratings, items
    that fewer than `MIN_PEOPLE_PER_ITEM` of them rated are left out, and with fewer than `MIN_PEOPLE` people there is
    nothing at all. Times are days already.

    Args:
        ratings: with value 1 (liked) or -1 (disliked).
        low: what a dislike is worth in the base data.
        high: what a like is worth there.
        key: 32 random bytes.
    """
    kept: list[Interaction] = []
    per_person: Counter[str] = Counter()
    for rating in sorted(ratings, key=lambda r: -(r.timestamp or 0)):
        per_person[rating.user_id] += 1
        if per_person[rating.user_id] <= MAX_RATINGS_PER_PERSON:
            kept.append(rating)
    if len(per_person) < MIN_PEOPLE:
        return []
    people_of = Counter(rating.item_id for rating in kept)
    view: defaultdict[str, list[Interaction]] = defaultdict(list)
    for r in sorted(kept, key=lambda r: r.item_id):
        if people_of[r.item_id] >= MIN_PEOPLE_PER_ITEM:
            value = high if (r.value or 0) > 0 else low
            view[r.user_id].append(Interaction(_renamed(r.user_id, key), r.item_id, value, r.timestamp))
    # In an order that no name has a say in, so that the same ratings train the same model again.
    return [r for rated in sorted(view.values(), key=_rated) for r in rated]


def _rated(person: Iterable[Interaction]) -> list[tuple[str, float, int]]:
    """What somebody rated, without their name."""
    return [(r.item_id, r.value or 0.0, r.timestamp or 0) for r in person]


def _renamed(person_id: str, key: bytes) -> str:
    return "shared-" + hashlib.blake2b(person_id.encode(), key=key, digest_size=12).hexdigest()


async def _command(settings: Settings, verb: str) -> Outcome:
    history = await History.open(settings.state_dir, settings.domain, settings.keep_days)
    try:
        retraining = Retraining(settings, history)
        if verb == "run":
            return await retraining.run(_print_progress)
        return await (retraining.rollback() if verb == "rollback" else retraining.status())
    finally:
        await history.close()


async def _print_progress(progress: Progress) -> None:
    print(f"{progress.done:5.0%}  {progress.phase}: {progress.say}", file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb from the shell; the exit code is 0 if it did what it was asked."""
    parser = argparse.ArgumentParser(prog="python -m bot.retraining", description="Retrain, go back, tell.")
    parser.add_argument("verb", choices=["run", "rollback", "status"])
    parser.add_argument("--domain")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.read(**({"domain": options.domain} if options.domain else {}))
        outcome = asyncio.run(_command(settings, options.verb))
    except (SettingsError, HistoryError, ArtifactError) as error:
        print(f"parley: {error}", file=sys.stderr)
        return 2
    print(outcome.say)
    return 0 if outcome.published or options.verb == "status" else 1


if __name__ == "__main__":
    sys.exit(main())
