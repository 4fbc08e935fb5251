"""Rebuilds the recommender in a child process and publishes it if it is no worse: `python -m bot.retraining run`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bot.audit import Audit
from bot.history import History, HistoryError
from bot.outcome import Outcome, Sentence, compared
from bot.phases import Phase, Phases
from bot.settings import Settings, SettingsError
from bot.training_view import training_view, write
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
LOOKS = ("status", "models", "audit")
"""What is but looked at from the shell."""
LISTED = 20
"""Lines of it that are shown where it is asked for."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a retrain is: `done` in [0, 1], which never goes back, a sentence, and the phase that it is of."""

    done: float
    say: str
    phase: Phase = "data"


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
        self._cancelled: asyncio.Event | None = None

    async def run(
        self, on_progress: Callable[[Progress], Awaitable[None]], by: str = SHELL, *, dry: bool = False
    ) -> Outcome:
        """Build a version, compare it with the one in use on the same hold-out, publish it if it is no worse.

        Args:
            on_progress: told how far it is.
            by: who asked for it, for the audit log.
            dry: publish nothing, and keep nothing but the figures.
        """
        did = "dry run" if dry else "retrain"
        self._audit.note(by, did, "asked for")
        ended = "broken off"
        try:
            outcome = await self._run_alone(on_progress, dry=dry)
            ended = outcome.say
        finally:
            self._audit.note(by, did, ended)
        return outcome

    async def _run_alone(self, on_progress: Callable[[Progress], Awaitable[None]], *, dry: bool) -> Outcome:
        """A run, unless another one is under way."""
        if importlib.util.find_spec("training") is None or importlib.util.find_spec("torch") is None:
            return Outcome.of("not_installed")
        self._settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # The system lets go of it when its process ends, however that ends.
            lock = self._settings.state_dir / f"{self._settings.domain}.retraining"
            with FileLock(lock, blocking=False, mode=0o600):
                self._cancelled = asyncio.Event()
                return await self._run(on_progress, self._cancelled, dry=dry)
        except Timeout:
            return Outcome.of("running")
        except (ArtifactError, OSError) as error:
            return Outcome.of("failed", error=error)
        finally:
            self._progress = self._cancelled = None

    def cancel(self, by: str = SHELL) -> Outcome:
        """End the run of this process; it tells for itself how that went."""
        if self._cancelled is None:
            return Outcome.of("nothing_runs")
        self._audit.note(by, "cancel", "asked for")
        self._cancelled.set()
        return Outcome.of("cancelling")

    async def rollback(self, by: str = SHELL, to: str | None = None) -> Outcome:
        """Go back to a version, or to the newest whole one before that in use.

        Args:
            by: who asked for it, for the audit log.
            to: the version; it may be a newer one as well.
        """
        outcome = await (self._go_to(to) if to else self._go_back())
        self._audit.note(by, "rollback", outcome.say)
        return outcome

    async def _go_to(self, version: str) -> Outcome:
        current = artifact.current(self._folder)
        if version == current:
            return Outcome.of("in_use_already", version=version)
        if version not in artifact.versions(self._folder):
            return Outcome.of("no_such_version", version=version)
        try:
            return await self._publish(version, Outcome.of("went_to", version=version, before=current, published=True))
        except ArtifactError as error:
            return Outcome.of("broken_version", version=version, error=error)

    async def _go_back(self) -> Outcome:
        current = artifact.current(self._folder)
        older = [v for v in artifact.versions(self._folder) if current is None or v < current]
        for version in reversed(older):
            with contextlib.suppress(ArtifactError):
                went = Outcome.of("went_to", version=version, before=current, published=True)
                return await self._publish(version, went)
        return Outcome.of("nothing_before", version=current or "-")

    async def status(self) -> Outcome:
        """The version in use and how good it is, whose ratings there are, whether a retrain runs, who did what last."""
        current = artifact.current(self._folder)
        if current is None:
            return Outcome.of("never_published", domain=self._settings.domain)
        manifest = Manifest.load(self._folder / current)
        ratings = await self._history.shared_ratings()
        told = [
            Sentence("in_use", {"version": current, "domain": self._settings.domain, "built": manifest.created}),
            *_quality(manifest.metrics),
            Sentence("versions", {"versions": ", ".join(artifact.versions(self._folder))}),
            Sentence("shared", {"ratings": len(ratings), "people": len({r.user_id for r in ratings})}),
            Sentence("runs", {"done": f"{self._progress.done:.0%}", "say": self._progress.say})
            if self._progress
            else Sentence("nothing_runs"),
            *_lines(self._audit.latest(AUDITED)),
        ]
        return Outcome(False, tuple(told))

    def models(self) -> Outcome:
        """Every version that is kept, the newest first, with its figure."""
        current = artifact.current(self._folder)
        told = []
        for version in reversed(artifact.versions(self._folder)):
            try:
                manifest = Manifest.load(self._folder / version)
            except ArtifactError as error:
                told.append(Sentence("broken_version", {"version": version, "error": error}))
            else:
                figure = f"{METRIC} {manifest.metrics.get(METRIC, 0.0):.4f}"
                key = "this_version" if version == current else "a_version"
                told.append(Sentence(key, {"version": version, "built": manifest.created, "figure": figure}))
        return Outcome(False, tuple(told) or (Sentence("never_published", {"domain": self._settings.domain}),))

    def versions(self) -> list[str]:
        """The names of the versions that are kept, the newest first, but for the one in use."""
        current = artifact.current(self._folder)
        return [version for version in reversed(artifact.versions(self._folder)) if version != current]

    def audit(self) -> Outcome:
        """The last lines of the audit log, the newest last."""
        return Outcome(False, _lines(self._audit.latest(LISTED)) or (Sentence("no_audit"),))

    async def _run(
        self, on_progress: Callable[[Progress], Awaitable[None]], cancelled: asyncio.Event, *, dry: bool
    ) -> Outcome:
        before = artifact.current(self._folder)
        with tempfile.TemporaryDirectory(prefix=".retraining-", dir=self._settings.state_dir) as scratch:
            shared = Path(scratch) / "shared.csv"
            used = self._write_training_view(await self._history.shared_ratings(), shared)
            built = await self._build(shared if used else None, on_progress, cancelled)
        if cancelled.is_set():
            if built.version:
                shutil.rmtree(self._folder / built.version)
            return Outcome.of("cancelled", before=before)
        if built.error:
            return Outcome.of("build_failed", before=before, error=built.error)
        return await self._weigh(before, built.version, used, dry=dry)

    async def _weigh(self, before: str | None, version: str, used: int, *, dry: bool) -> Outcome:
        """Publish what was built, or throw it away: a rollback must not find it."""
        after, now = self._metrics(version), self._metrics(before) if before else {}
        new, old = after.get(METRIC, 0.0), now.get(METRIC, 0.0)
        told: dict[str, Any] = {"version": version, "before": before, "ratings": used}
        told |= {"new": f"{METRIC} {new:.4f}", "old": f"{METRIC} {old:.4f}"}
        figures = compared(now, after)
        if dry:
            key = "dry_run"
        elif before and self._is_unchanged(before, version):
            key = "unchanged"
        elif before and new < old - TOLERANCE:
            key = "worse"
        else:
            key = "published" if before else "published_first"
            return await self._publish(version, Outcome.of(key, published=True, figures=figures, **told))
        shutil.rmtree(self._folder / version)
        return Outcome.of(key, figures=figures, **told)

    async def _publish(self, version: str, outcome: Outcome) -> Outcome:
        artifact.publish(self._folder, version)
        if self._on_publish:
            await self._on_publish()
        return outcome

    def _is_unchanged(self, before: str, version: str) -> bool:
        try:
            serving = Manifest.load(self._folder / before)
        except ArtifactError:
            return False
        return Manifest.load(self._folder / version).serves_as(serving)

    def _metrics(self, version: str) -> Mapping[str, float]:
        return Manifest.load(self._folder / version).metrics

    def _write_training_view(self, ratings: Iterable[Interaction], path: Path) -> int:
        """Write what training may see, and return how many rows that is."""
        current = artifact.current(self._folder)
        low, high = Manifest.load(self._folder / current).value_range if current else (-1.0, 1.0)
        rows = training_view(ratings, low, high, secrets.token_bytes(32))
        write(rows, path)
        return len(rows)

    async def _build(
        self, shared: Path | None, on_progress: Callable[[Progress], Awaitable[None]], cancelled: asyncio.Event
    ) -> _Built:
        """Run ``training.build`` as a child, follow its JSON lines, and end it when it is cancelled."""
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
        ending = asyncio.create_task(_end_when(cancelled, child))
        version, phases = "", Phases()
        try:
            async for line in child.stdout:
                event = json.loads(line)
                version = event.get("version", version)
                if "say" in event:
                    done = phases.tell(str(event.get("stage")), float(event.get("done", 0.0)), str(event["say"]))
                    self._progress = Progress(done, phases.says, phases.phase)
                    await on_progress(self._progress)
            code = await child.wait()
        finally:
            ending.cancel()
            if child.returncode is None:
                child.terminate()
                await child.wait()
        if code != 0 or not version:
            said = (await errors).decode(errors="replace").strip().splitlines()
            return _Built("", said[-1] if said else f"training.build ended with exit code {code}")
        return _Built(version)


async def _end_when(cancelled: asyncio.Event, child: asyncio.subprocess.Process) -> None:
    await cancelled.wait()
    with contextlib.suppress(ProcessLookupError):  # it has just ended
        child.terminate()


def _quality(metrics: Mapping[str, float]) -> Iterator[Sentence]:
    """How good a version is, in words where all of its figures are there."""
    words = {"recall@20": ".0%", METRIC: ".4f", f"popularity_{METRIC}": ".4f", "coverage@20": ".1%"}
    if words.keys() <= metrics.keys():
        recall, ndcg, popular, coverage = (format(metrics[name], how) for name, how in words.items())
        yield Sentence("quality", {"recall": recall, "ndcg": ndcg, "popular": popular, "coverage": coverage})
    figures = ", ".join(f"{name} {value:.4f}" for name, value in sorted(metrics.items()))
    yield Sentence("figures", {"figures": figures}) if figures else Sentence("not_measured")


def _lines(audited: Iterable[str]) -> tuple[Sentence, ...]:
    return tuple(Sentence("audit_line", {"line": line}) for line in audited)


def _one_core_left() -> dict[str, str]:
    """The environment of a build that leaves a core to the conversations, where there is more than one."""
    return {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 2) - 1)), **os.environ}


@dataclass(frozen=True, slots=True)
class _Built:
    version: str
    error: str = ""


async def _command(settings: Settings, verb: str, *, dry: bool, to: str | None) -> Outcome:
    history = await History.open(settings.state_dir, settings.domain, settings.keep_days)
    try:
        retraining = Retraining(settings, history)
        match verb:
            case "run":
                return await retraining.run(_print_progress, dry=dry)
            case "rollback":
                return await retraining.rollback(to=to)
            case "models":
                return retraining.models()
            case "audit":
                return retraining.audit()
        return await retraining.status()
    finally:
        await history.close()


async def _print_progress(progress: Progress) -> None:
    print(f"{progress.done:5.0%}  {progress.phase}: {progress.say}", file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb from the shell; the exit code is 0 if it did what it was asked."""
    parser = argparse.ArgumentParser(prog="python -m bot.retraining", description="Retrain, go back, tell.")
    parser.add_argument("verb", choices=["run", "rollback", *LOOKS])
    parser.add_argument("--domain")
    parser.add_argument("--dry-run", action="store_true", help="with run: print the figures and publish nothing")
    parser.add_argument("--to", metavar="VERSION", help="with rollback: which version (default: the one before)")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.read(**({"domain": options.domain} if options.domain else {}))
        outcome = asyncio.run(_command(settings, options.verb, dry=options.dry_run, to=options.to))
    except (SettingsError, HistoryError, ArtifactError) as error:
        print(f"parley: {error}", file=sys.stderr)
        return 2
    print(outcome.say)
    return 0 if outcome.published or options.verb in LOOKS else 1


if __name__ == "__main__":
    sys.exit(main())
