"""Raw data to a published artifact: starts the stages one after another as child processes and imports none of them."""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from domain.artifact import (
    BASE_MODEL_FACTS,
    CATALOG,
    DESCRIPTIONS,
    DIALOGUE,
    DIALOGUE_FACTS,
    ENCODER_FACTS,
    LIKELY,
    MEANING,
    MEANING_OF_VALUES,
    READER,
    SEARCH,
    SEARCH_WORDS,
    ArtifactError,
    Manifest,
    current,
    describe_files,
    publish,
    sha256,
    versions,
)

STAGES: Mapping[str, str] = {
    "sources": "training.sources",
    "recommender": "training.recommender",
    "export_recommender": "export.recommender",
    "evidence": "training.evidence",
    "export_evidence": "export.evidence",
    "export_reader": "export.reader",
    "export_search_encoder": "export.search_encoder",
    "export_meaning": "export.meaning",
    "base_model": "training.base_model",
    "export_dialogue": "export.dialogue",
    "quality": "export.quality",
}
"""What each stage's module is called."""

KEPT_FILES = (
    "items.csv",
    "interactions.csv",
    "dialogues.jsonl",
    "vocabulary.json",
    "report.json",
    "train.csv",
    "holdout.csv",
)
"""Of the base data only: what people who use the bot rated is not copied to where erasing does not reach."""
SHIPPED_ADAPTER = Path(__file__).parent.parent / "weights" / "dialogue"
"""Made by `training.dialogue` for the default base model."""
SHIPPED_READER = Path(__file__).parent.parent / "weights" / "reader"
"""Made by `training.reader`."""
SHIPPED_DESCRIPTIONS = Path(__file__).parent.parent / "weights" / "descriptions"
"""Which values descriptions mean (`training.descriptions`)."""
SHIPPED_EVIDENCE = Path(__file__).parent.parent / "weights" / "evidence"
"""Made by `training.evidence` from ReDial, for films by their MovieLens ids."""
KNOWLEDGE_PIECES = 1
"""Raise it when the texts of `training/knowledge` need pieces that the encoder was exported without."""
KEPT_VERSIONS = 3
HELD_OUT_SHARE = 10
"""One person in so many is held out."""
INTERACTION_COLUMNS = ("user_id", "item_id", "value", "timestamp")
FEW, TOO_FEW = 50, 20
"""Below the first a few people are held out, whatever the share; below the second nobody is."""
HELD_OUT_AT_LEAST = 5


class BuildError(Exception):
    """The build cannot go on; the message is a sentence for the bot's owner, of the stage that failed if one did."""


@dataclass
class Children:
    """The stages' processes: started here, relayed from here, and ended with their own children on the way out."""

    stages: Mapping[str, str]
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    failure: BuildError | None = None
    """The first one: it ends every other stage, and is what all of them report."""
    relayed: str = ""
    """The last line of stderr, so that a failing stage's sentence is not said twice in a row."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, stage: str, *arguments: str | Path) -> list[str]:
        """Run a stage to its end; its progress goes to our stdout, what it says to our stderr.

        Returns:
            the lines of its stdout that are not progress.

        Raises:
            BuildError: it failed, or another one did; the message is the last thing that the failing one said.
        """
        child = self._start([sys.executable, "-m", self.stages[stage], *map(str, arguments)])
        said: list[str] = []
        listener = threading.Thread(target=self._relay_stderr, args=(child, said))
        listener.start()
        lines = _relay_progress(child)
        listener.join()
        returned = child.wait()
        with self.lock:
            self.running.discard(child)
        if returned != 0:
            sentence = said[-1] if said else f"python -m {self.stages[stage]} ended with exit code {returned}"
            self.stop(BuildError(sentence))
        if self.failure is not None:
            raise self.failure
        return lines

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self.lock:
            if self.failure is not None:
                raise self.failure
            # A session of its own, so that a stage ends together with whatever it started itself.
            child = subprocess.Popen(  # noqa: S603
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
            )
            self.running.add(child)
        return child

    def stop(self, failure: BuildError) -> None:
        """End every stage that still runs: politely first, after three seconds for certain."""
        with self.lock:
            self.failure = self.failure or failure
            running = list(self.running)
        for child in running:
            _signal(child, signal.SIGTERM)
        for child in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(3)
            _signal(child, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _relay_stderr(self, child: subprocess.Popen[bytes], said: list[str]) -> None:
        assert child.stderr is not None
        with child.stderr:
            for line in child.stderr:
                text = line.decode("utf-8", errors="replace")
                sys.stderr.write(text)
                sys.stderr.flush()
                if text.strip():
                    said[:] = [text.strip()]
                    self.relayed = text.strip()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        if hasattr(os, "killpg"):
            os.killpg(child.pid, number)
        else:
            child.send_signal(number)
    except ProcessLookupError:
        pass


def _relay_progress(child: subprocess.Popen[bytes]) -> list[str]:
    assert child.stdout is not None
    others = []
    with child.stdout:
        for line in child.stdout:
            text = line.decode("utf-8", errors="replace").strip()
            if _is_progress(text):
                print(text, flush=True)
            elif text:
                others.append(text)
    return others


def _is_progress(text: str) -> bool:
    try:
        content = json.loads(text)
    except ValueError:
        return False
    return isinstance(content, dict) and "stage" in content


# The data


def raw_data(chosen: argparse.Namespace, kept: Path) -> list[str | Path]:
    """What `training.sources` is asked for: what was named, else what this domain was built from before.

    Raises:
        BuildError: nothing was named and there is nothing to build this domain from.
    """
    asked: list[str | Path] = []
    before = _json(kept / "report.json").get("source")
    if chosen.items:
        asked = ["--source", "csv", "--items", chosen.items]
        asked += ["--interactions", chosen.interactions] if chosen.interactions else []
    elif chosen.source:
        asked = ["--source", chosen.source] + (["--from", chosen.folder] if chosen.folder else [])
    elif before not in (None, "default"):
        asked = ["--source", "kept", "--from", kept]
    elif chosen.domain == "movies" or before == "default":
        asked = ["--source", "default"]
    else:
        raise BuildError(f"there is no data of domain {chosen.domain} to build from: name it with --items or --source")
    for path in chosen.enrich:
        asked += ["--enrich", path]
    asked += ["--vocabulary", chosen.vocabulary] if chosen.vocabulary else []
    asked += ["--noun", chosen.noun] if chosen.noun else []
    return asked


def _json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; an empty one if there is no such file."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def hold_out(interactions: Path, train: Path, holdout: Path) -> int:
    """Split people for good: the same person is held out in every build.

    Args:
        interactions: CSV of the base data.
        train: CSV that is written: everybody else.
        holdout: CSV that is written: one person in ten, of those with at least two interactions.

    Returns:
        how many people are held out; too few to measure anything are not.
    """
    with interactions.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    held = _held_out_of(Counter(row["user_id"] for row in rows))
    with train.open("w", encoding="utf-8", newline="") as told, holdout.open("w", encoding="utf-8", newline="") as rest:
        for_training = csv.DictWriter(told, INTERACTION_COLUMNS, lineterminator="\n")
        for_measuring = csv.DictWriter(rest, INTERACTION_COLUMNS, lineterminator="\n")
        for_training.writeheader()
        for_measuring.writeheader()
        for row in rows:
            (for_measuring if row["user_id"] in held else for_training).writerow(row)
    return len(held)


def _held_out_of(people: Mapping[str, int]) -> set[str]:
    if len(people) < TOO_FEW:
        return set()
    able = sorted((hashlib.sha256(who.encode()).digest(), who) for who, times in people.items() if times > 1)
    held = {who for digest, who in able if int.from_bytes(digest[:4]) % HELD_OUT_SHARE == 0}
    if len(people) < FEW and len(held) < HELD_OUT_AT_LEAST:
        return {who for _, who in able[:HELD_OUT_AT_LEAST]}
    return held


def with_extra(train: Path, extra: Path | None, items: Path) -> Path:
    """The training file with the interactions of people who use the bot; they are never held out.

    What they rated may have left the catalogue since: such ratings are left out.

    Raises:
        BuildError: the extra interactions are not such a CSV.
    """
    if extra is None:
        return train
    try:
        with extra.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BuildError(f"{extra} cannot be read: {error}") from error
    for number, row in enumerate(rows, 2):
        if not row.get("user_id") or not row.get("item_id") or None in row:
            raise BuildError(f"{extra}, line {number}: an interaction needs user_id,item_id[,value][,timestamp]")
    with items.open(encoding="utf-8", newline="") as file:
        listed = {row["item_id"] for row in csv.DictReader(file)}
    known = [row for row in rows if row["item_id"] in listed]
    if len(known) < len(rows):
        tell(f"{len(rows) - len(known)} ratings are of items that are not in the catalogue any more: left out")
    both = train.parent / "with_extra" / train.name
    both.parent.mkdir()
    shutil.copyfile(train, both)
    with both.open("a", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, INTERACTION_COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
        lines.writerows(known)
    return both


# The stages


def build(chosen: argparse.Namespace, children: Children) -> tuple[str, dict[str, Any]]:
    """Run every stage and put the artifact together.

    Returns:
        the new version's name, and its metrics on the hold-out.

    Raises:
        BuildError, ArtifactError: a stage failed or the artifact is not whole; what was published before still is.
    """
    kept = chosen.data / chosen.domain
    domain_folder = chosen.artifacts / chosen.domain
    for folder in (kept, domain_folder):
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
    with (
        tempfile.TemporaryDirectory(dir=kept, prefix=".incoming-") as work,
        tempfile.TemporaryDirectory(dir=domain_folder, prefix=".incoming-", ignore_cleanup_errors=True) as incoming,
        ThreadPoolExecutor(1) as beside,
    ):
        try:
            # Fetching and exporting models takes one core for most of the time, so it runs beside the rest.
            words = beside.submit(lambda: None if chosen.no_dialogue else dialogue_model(chosen, children))
            reads = beside.submit(reader, chosen, children)
            artifact = Path(incoming) / "artifact"
            facts = recommender(chosen, children, Path(work), artifact)
            facts |= describe_dialogue(words.result(), artifact) | describe_reader(reads.result(), artifact)
        except BaseException:
            children.stop(BuildError("the build was stopped"))
            raise
        version = assemble(chosen.domain, domain_folder, artifact, facts)
        keep(Path(work), kept)
    if not chosen.no_publish:
        publish(domain_folder, version)
    prune(domain_folder)
    return version, dict(facts["metrics"])


def keep(work: Path, kept: Path) -> None:
    """Replace the files that this domain can be built from again."""
    for name in KEPT_FILES:
        if (work / name).is_file():
            os.replace(work / name, kept / name)
        else:
            (kept / name).unlink(missing_ok=True)


def recommender(chosen: argparse.Namespace, children: Children, work: Path, artifact: Path) -> dict[str, Any]:
    """From raw data to recommender.onnx and catalog.json; without interactions, to catalog.json alone.

    Returns:
        the manifest's fields that these stages know.
    """
    children.run("sources", "--out", work, "--data", chosen.data, *raw_data(chosen, chosen.data / chosen.domain))
    report = _json(work / "report.json")
    known: dict[str, Any] = {"sources": tuple(report.get("sources", ())), "metrics": {}, "parity": {}, "training": {}}
    artifact.mkdir()
    meaning = search(chosen, children, work, artifact)
    source = _json(artifact / SEARCH / ENCODER_FACTS).get("source")
    known["sources"] = (*known["sources"], *([source] if source else ()))
    if not (work / "interactions.csv").is_file():
        tell("there are no interactions, so nothing is learned: the bot will go by its catalogue alone")
        shutil.copyfile(work / CATALOG, artifact / CATALOG)
        return known
    held = hold_out(work / "interactions.csv", work / "train.csv", work / "holdout.csv")
    tell(f"{held} people are held out to measure on" if held else "too few people to hold any out: nothing is measured")
    options = ["--model", chosen.model, "--seed", str(chosen.seed), "--meaning", str(meaning)]
    told = with_extra(work / "train.csv", chosen.extra_interactions, work / "items.csv")
    trained = work / "recommender"
    children.run("recommender", "--items", work / "items.csv", "--interactions", told, "--out", trained, *options)
    children.run("export_recommender", "--model", trained, "--out", artifact)
    exported = _json(artifact / "recommender.json")
    known |= {key: exported[key] for key in ("noise", "parity", "value_range", "training") if key in exported}
    known["value_range"] = tuple(known.get("value_range", (-1.0, 1.0)))
    known["parity"] = known["parity"] | evidence(children, report, work, trained, told, artifact)
    if held:
        said = children.run("quality", "--artifact", artifact, "--interactions", work / "holdout.csv")
        known["metrics"] = json.loads(said[-1])
    return known


def search(chosen: argparse.Namespace, children: Children, work: Path, artifact: Path) -> Path:
    """Put what searches into an artifact: the encoder, what the items mean, and the index of their words.

    Returns:
        the file of what they mean.
    """
    encoder = search_encoder(chosen, children)
    cache = chosen.data / chosen.domain / f"meaning-{encoder.name}.npz"
    found = work / "search"
    children.run(
        "export_meaning", "--items", work / "items.csv", "--encoder", encoder, "--out", found, "--cache", cache,
        "--described", SHIPPED_DESCRIPTIONS,
    )  # fmt: skip
    for name in (MEANING, MEANING_OF_VALUES, DESCRIPTIONS, LIKELY):
        if (found / name).is_file():
            shutil.copyfile(found / name, artifact / name)
    shutil.copytree(found / SEARCH_WORDS, artifact / SEARCH_WORDS)
    link(encoder, artifact / SEARCH)
    return found / MEANING


def search_encoder(chosen: argparse.Namespace, children: Children) -> Path:
    """The exported encoder that searches, from the cache where it was exported before by the same code."""
    made_from = json.dumps([sha256_of_stage(children.stages["export_search_encoder"]), KNOWLEDGE_PIECES])
    folder: Path = chosen.data / SEARCH / hashlib.sha256(made_from.encode()).hexdigest()[:16]
    if not (folder / ENCODER_FACTS).is_file():
        children.run("export_search_encoder", "--out", folder, "--data", chosen.data)
    return folder


def evidence(
    children: Children, report: Mapping[str, Any], work: Path, trained: Path, interactions: Path, artifact: Path
) -> dict[str, float]:
    """What dialogues tell of items: learned from the domain's own, else that which ships for MovieLens's films.

    Returns:
        its parity, for the manifest; nothing where there is no such evidence.
    """
    learned = SHIPPED_EVIDENCE
    if (work / "dialogues.jsonl").is_file():
        learned = work / "evidence"
        dialogues: list[str | Path] = ["--dialogues", work / "dialogues.jsonl", "--interactions", interactions]
        children.run("evidence", "--recommender", trained, "--out", learned, *dialogues)
    elif not (report.get("sources") and str(report["sources"][0]).startswith("MovieLens") and learned.is_dir()):
        return {}
    said = children.run("export_evidence", "--evidence", learned, "--out", artifact)
    return {"evidence": json.loads(said[-1])["parity"]}


def reader(chosen: argparse.Namespace, children: Children) -> Path:
    """The exported reader, from the cache where it was exported before from the same inputs.

    Returns:
        its folder below ``data/reader``.
    """
    learned = {name: facts["sha256"] for name, facts in describe_files(SHIPPED_READER).items()}
    made_from = json.dumps([sha256_of_stage(children.stages["export_reader"]), KNOWLEDGE_PIECES, learned])
    folder: Path = chosen.data / READER / hashlib.sha256(made_from.encode()).hexdigest()[:16]
    # Like that of the dialogue model, its folder is published by a rename.
    if not (folder / ENCODER_FACTS).is_file():
        children.run("export_reader", "--out", folder, "--data", chosen.data)
    return folder


def dialogue_model(chosen: argparse.Namespace, children: Children) -> Path:
    """The exported dialogue model, from the cache where it was exported before from the same inputs.

    Returns:
        its folder below ``data/dialogue``.
    """
    base = chosen.data / "base_model" / hashlib.sha256(chosen.base_model.encode()).hexdigest()[:12]
    children.run("base_model", "--out", base, "--base-model", chosen.base_model, "--data", chosen.data)
    adapter: Path | None = chosen.adapter
    if adapter is None and chosen.base_model == "default" and SHIPPED_ADAPTER.is_dir():
        adapter = SHIPPED_ADAPTER
    made_from = [_json(base / BASE_MODEL_FACTS).get("origin"), sha256_of_stage(children.stages["export_dialogue"])]
    if adapter:
        made_from.append({name: facts["sha256"] for name, facts in describe_files(adapter).items()})
    folder: Path = chosen.data / "dialogue" / hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:16]
    # The exporter publishes its folder by a rename, so that one with this file is whole.
    if not (folder / DIALOGUE_FACTS).is_file():
        with_adapter: list[str | Path] = ["--adapter", adapter] if adapter else []
        children.run("export_dialogue", "--model", base, "--out", folder, *with_adapter)
        shutil.copyfile(base / BASE_MODEL_FACTS, folder / BASE_MODEL_FACTS)
    return folder


def sha256_of_stage(module: str) -> str:
    """What an export depends on besides its model: the exporter's code and the builder's version."""
    found = find_spec(module)
    code = sha256(Path(found.origin)) if found and found.origin else module
    for package in ("onnxruntime-genai-cuda", "onnxruntime-genai"):
        try:
            return f"{code} {package} {version_of(package)}"
        except PackageNotFoundError:
            continue
    return code


def describe_dialogue(folder: Path | None, artifact: Path) -> dict[str, Any]:
    """Put the dialogue model into the artifact; what the manifest has to tell of it."""
    if folder is None:
        return {}
    link(folder, artifact / DIALOGUE)
    source = _json(folder / BASE_MODEL_FACTS).get("source")
    return {"dialogue": _json(folder / DIALOGUE_FACTS), "language_sources": [source]}


def describe_reader(folder: Path, artifact: Path) -> dict[str, Any]:
    """Put the reader into the artifact; what the manifest has to tell of it."""
    link(folder, artifact / READER)
    return {"reader": _json(folder / ENCODER_FACTS)}


def link(folder: Path, target: Path) -> None:
    """Make `target` hold the files of a folder, without copying where the file system can."""
    target.mkdir()
    for file in folder.iterdir():
        try:
            os.link(file, target / file.name)
        except OSError:
            shutil.copy2(file, target / file.name)


# The artifact


def assemble(domain: str, domain_folder: Path, artifact: Path, facts: dict[str, Any]) -> str:
    """Write the manifest, last of all files, and rename the folder to its version.

    Returns:
        the version: its moment in UTC.
    """
    artifact.chmod(0o755)
    version = moment()
    while (domain_folder / version).exists():
        time.sleep(0.1)
        version = moment()
    reads, dialogue = facts.pop("reader"), facts.pop("dialogue", None)
    facts["parity"] = facts["parity"] | {"reader": reads.get("parity"), "reader_decides": reads.get("same_decisions")}
    if dialogue:
        facts["parity"] = facts["parity"] | {
            "dialogue_logits": dialogue.get("logits_max_difference"),
            "dialogue_mean_kl": dialogue.get("mean_kl"),
        }
        facts["training"] = facts["training"] | {"dialogue": dialogue}
    facts["sources"] = (*facts["sources"], *filter(None, facts.pop("language_sources", ())))
    created = datetime.now(UTC).isoformat(timespec="seconds")
    Manifest(domain=domain, version=version, created=created, files=describe_files(artifact), **facts).save(artifact)
    os.replace(artifact, domain_folder / version)
    return version


def moment() -> str:
    """Now, as a version's name: names sort by age."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def prune(domain_folder: Path) -> None:
    """Remove all but the newest versions, and never the one in use."""
    for old in versions(domain_folder)[:-KEPT_VERSIONS]:
        if old != current(domain_folder):
            shutil.rmtree(domain_folder / old, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what a build that was killed left behind, a day later: nothing younger, another build may be running."""
    for left in folder.glob(".incoming-*"):
        if left.stat().st_mtime < time.time() - 86_400:
            shutil.rmtree(left, ignore_errors=True)


def tell(sentence: str) -> None:
    """A sentence for the owner, on stderr."""
    print(f"training.build: {sentence}", file=sys.stderr, flush=True)


def domain_name(text: str) -> str:
    """A name that is a folder's, and not the folder of something else that is kept beside it."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a domain's name: small letters, digits, - and _")
    if text in ("wheels", "tables", "base_model", "dialogue", SEARCH, READER):
        raise argparse.ArgumentTypeError(f"{text!r} is the name of a folder that every domain needs")
    return text


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.build", description=__doc__)
    add: Callable[..., Any] = parser.add_argument
    add("--domain", required=True, type=domain_name, help="name of the folder below artifacts/ and data/, e.g. movies")
    add("--items", type=Path, help="CSV item_id,title[,year][,description][,any other column]")
    add("--interactions", type=Path, help="CSV user_id,item_id[,value][,timestamp]")
    add("--source", choices=("default", "movielens", "redial"), help="instead of --items")
    add("--from", dest="folder", type=Path, help="the source's folder")
    add("--enrich", type=Path, action="append", default=[], help="CSV of more columns, by item_id or title + year")
    add("--extra-interactions", type=Path, help="CSV of people who use the bot: for training only")
    add("--vocabulary", type=Path, help="vocabulary.json whose keys replace ours")
    add("--noun", help="singular,plural of what one item is, e.g. course,courses")
    add("--model", choices=("gan", "vae"), default="gan")
    add("--seed", type=int, default=0)
    add("--artifacts", type=Path, default=Path(os.environ.get("PARLEY_ARTIFACTS") or "artifacts"))
    add("--data", type=Path, default=Path(os.environ.get("PARLEY_DATA") or "data"))
    add("--base-model", default=os.environ.get("PARLEY_BASE_MODEL") or "default", help="hub id, folder or .gguf file")
    add(
        "--adapter",
        type=Path,
        default=Path(os.environ["PARLEY_ADAPTER"]) if os.environ.get("PARLEY_ADAPTER") else None,
        help="folder of a PEFT adapter for the base model (default: that of the default model)",
    )
    add("--no-publish", action="store_true", help="leave the version in use as it is")
    add("--no-dialogue", action="store_true", help="leave out the model that writes words")
    return parser.parse_args(arguments)


def _on_sigterm(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


def main(arguments: Sequence[str] | None = None, stages: Mapping[str, str] = STAGES) -> int:
    """Train, export, check and publish one domain; the last line of stdout is the new version and its metrics."""
    chosen = parse(arguments)
    children = Children(stages)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _on_sigterm)
    try:
        version, metrics = build(chosen, children)
    except (BuildError, ArtifactError, OSError) as error:
        print(json.dumps({"stage": "failed", "done": 1, "say": str(error)}, ensure_ascii=False), flush=True)
        if str(error) != children.relayed:
            print(error, file=sys.stderr)
        return 2
    print(json.dumps({"stage": "done", "version": version, "metrics": metrics}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
