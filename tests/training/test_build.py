"""One command from raw data to a published artifact, with small stages in the place of the real ones."""

import csv
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from domain.artifact import Manifest, current, publish, versions
from domain.catalog import Catalog
from training import build

HEAD = """
import argparse, csv, json, os, pathlib, sys, time
p = argparse.ArgumentParser()
for name in ("out", "data", "items", "interactions", "model", "seed", "artifact", "base-model", "source", "from",
             "enrich", "vocabulary", "noun", "adapter", "encoder", "cache", "meaning", "described"):
    p.add_argument("--" + name)
a = p.parse_args()
log = pathlib.Path(os.environ["FAKE_LOG"])
me = __spec__.name
with log.open("a") as file:
    file.write(json.dumps({"stage": me, "pid": os.getpid(), **{k: v for k, v in vars(a).items() if v}}) + "\\n")
out = pathlib.Path(a.out) if a.out else None
if os.environ.get("FAKE_FAILS") == me:
    print("half way", file=sys.stderr)
    sys.exit(f"{me} cannot go on, because the test says so")
if os.environ.get("FAKE_HANGS") == me:
    print(json.dumps({"stage": me, "done": 0, "say": "hangs"}), flush=True)
    time.sleep(60)
print(json.dumps({"stage": me, "done": 1, "say": "done"}))
"""

FAKES = {
    "fake_recommender": """
        people = {r["user_id"] for r in csv.DictReader(open(a.interactions))}
        out.mkdir()
        (out / "people.json").write_text(json.dumps(sorted(people)))
    """,
    "fake_export_recommender": """
        (out / "recommender.onnx").write_text(pathlib.Path(a.model, "people.json").read_text())
        (out / "catalog.json").write_text('{"items": [{"item_id": "a", "title": "A"}]}')
        facts = {"noise": 8, "parity": {"recommender": 1e-6}, "value_range": [0.5, 5], "training": {"seed": 3}}
        (out / "recommender.json").write_text(json.dumps(facts))
    """,
    "fake_export_reader": """
        out.mkdir(parents=True)
        (out / "encoder.onnx").write_text("weights")
        (out / "encoder.json").write_text('{"parity": 2e-6, "same_decisions": 0.98}')
    """,
    "fake_export_search_encoder": """
        out.mkdir(parents=True)
        (out / "encoder.onnx").write_text("weights")
        (out / "encoder.json").write_text('{"source": "Small: a licence", "parity": 3e-6, "least_cosine": 0.99}')
    """,
    "fake_export_meaning": """
        (out / "words").mkdir(parents=True)
        (out / "words" / "index.json").write_text("{}")
        (out / "meaning.npy").write_text("vectors")
    """,
    "fake_base_model": """
        out.mkdir(parents=True, exist_ok=True)
        facts = {"origin": a.base_model, "source": "Tiny: a licence", "files": {}}
        (out / "base_model.json").write_text(json.dumps(facts))
    """,
    "fake_export_dialogue": """
        out.mkdir(parents=True)
        (out / "model.onnx").write_text("weights")
        (out / "dialogue.json").write_text('{"mean_kl": 0.007, "logits_max_difference": 4e-5}')
    """,
    "fake_quality": """
        assert pathlib.Path(a.artifact, "recommender.onnx").is_file()
        print("a line that is neither progress nor the last")
        people = {r["user_id"] for r in csv.DictReader(open(a.interactions))}
        print(json.dumps({"ndcg@20": 0.25, "people": len(people)}))
    """,
}

STAGES = {
    "sources": "training.sources",
    "recommender": "fake_recommender",
    "export_recommender": "fake_export_recommender",
    "export_reader": "fake_export_reader",
    "export_search_encoder": "fake_export_search_encoder",
    "export_meaning": "fake_export_meaning",
    "base_model": "fake_base_model",
    "export_dialogue": "fake_export_dialogue",
    "quality": "fake_quality",
}


class Bench:
    """A folder with fake stages, raw data of 60 people, and what the stages were asked."""

    def __init__(self, folder: Path, people: int = 60) -> None:
        self.folder = folder
        self.artifacts, self.data, self.log = folder / "artifacts", folder / "data", folder / "log"
        for name, body in FAKES.items():
            (folder / f"{name}.py").write_text(HEAD + textwrap.dedent(body))
        (folder / "items.csv").write_text("item_id,title\na,A\nb,B\n")
        rows = "".join(f"u{n},a,1\nu{n},b,0\n" for n in range(people))
        (folder / "interactions.csv").write_text("user_id,item_id,value\n" + rows)

    @property
    def domain(self) -> Path:
        return self.artifacts / "things"

    def arguments(self, *more: str) -> list[str]:
        return ["--domain", "things", "--artifacts", str(self.artifacts), "--data", str(self.data), *more]

    def given(self, *more: str) -> list[str]:
        items, interactions = str(self.folder / "items.csv"), str(self.folder / "interactions.csv")
        return self.arguments("--items", items, "--interactions", interactions, *more)

    def build(self, *more: str) -> int:
        return build.main(self.given(*more), STAGES)

    def asked(self, stage: str) -> list[dict[str, str]]:
        if not self.log.exists():
            return []
        return [call for call in map(json.loads, self.log.read_text().splitlines()) if call["stage"] == stage]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))
    monkeypatch.delenv("PARLEY_BASE_MODEL", raising=False)
    return Bench(tmp_path)


def people_of(path: Path) -> set[str]:
    with path.open(newline="") as file:
        return {row["user_id"] for row in csv.DictReader(file)}


def test_one_command_publishes_a_whole_artifact(bench, capsys):
    assert bench.build("--seed", "3") == 0
    out = capsys.readouterr().out.strip().splitlines()
    last = json.loads(out[-1])
    version = current(bench.domain)
    assert last["stage"] == "done"
    assert last["version"] == version
    assert last["metrics"]["ndcg@20"] == 0.25
    assert {json.loads(line)["stage"] for line in out} >= {"training.sources", "fake_recommender", "fake_quality"}
    manifest = Manifest.load(bench.domain / version)
    assert set(manifest.files) == {
        *("recommender.onnx", "catalog.json", "recommender.json"),
        *("dialogue/model.onnx", "dialogue/dialogue.json", "dialogue/base_model.json"),
        *("reader/encoder.onnx", "reader/encoder.json"),
        *("search/encoder.onnx", "search/encoder.json", "meaning.npy", "words/index.json"),
    }
    assert manifest.noise == 8
    assert manifest.value_range == (0.5, 5)
    words = {"reader": 2e-6, "reader_decides": 0.98, "dialogue_logits": 4e-5, "dialogue_mean_kl": 0.007}
    assert manifest.parity == {"recommender": 1e-6, **words}
    assert bench.asked("fake_recommender")[0]["seed"] == "3"
    assert [p.name for p in bench.domain.iterdir() if p.name.startswith(".")] == []


def test_an_artifact_says_where_its_models_come_from(bench):
    bench.build()
    assert Manifest.load(bench.domain / current(bench.domain)).sources[-2:] == ("Small: a licence", "Tiny: a licence")


def test_the_same_tenth_of_people_is_held_out_in_every_build(bench):
    bench.build("--no-dialogue")
    held, told = people_of(bench.data / "things/holdout.csv"), people_of(bench.data / "things/train.csv")
    assert held
    assert len(held) < 20
    assert not held & told
    assert len(held | told) == 60
    trained = json.loads((bench.domain / current(bench.domain) / "recommender.onnx").read_text())
    assert set(trained) == told
    bench.build("--no-dialogue")
    assert people_of(bench.data / "things/holdout.csv") == held


def test_people_who_use_the_bot_are_for_training_only_and_leave_no_copy(bench):
    extra = bench.folder / "extra.csv"
    extra.write_text("user_id,item_id,value,timestamp\n" + "".join(f"discord{n},a,1,5\n" for n in range(40)))
    assert bench.build("--no-dialogue", "--extra-interactions", str(extra)) == 0
    trained = set(json.loads((bench.domain / current(bench.domain) / "recommender.onnx").read_text()))
    assert {f"discord{n}" for n in range(40)} <= trained
    for path in bench.data.rglob("*.csv"):
        assert "discord" not in path.read_text(), path


def test_extra_interactions_that_are_malformed_are_one_sentence(bench, capsys):
    extra = bench.folder / "extra.csv"
    extra.write_text("user_id,item_id\nd,a\nd\n")
    assert bench.build("--no-dialogue", "--extra-interactions", str(extra)) == 2
    assert f"{extra}, line 3: an interaction needs" in capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.parametrize(("people", "held"), [(10, 0), (30, 5)])
def test_few_people_are_held_out_of_few_and_none_of_fewer(tmp_path, bench, capsys, people, held):
    Bench(tmp_path, people)
    assert bench.build("--no-dialogue") == 0
    assert len(people_of(bench.data / "things/holdout.csv")) == held
    said = capsys.readouterr().err
    assert (f"{held} people are held out" if held else "too few people to hold any out") in said
    assert len(bench.asked("fake_quality")) == (1 if held else 0)


def test_without_interactions_the_catalogue_is_published_alone(bench, capsys):
    assert (
        build.main(bench.arguments("--items", str(bench.folder / "items.csv"), "--noun", "thing,things"), STAGES) == 0
    )
    version = bench.domain / current(bench.domain)
    catalog = Catalog.load(version / "catalog.json")
    assert [item.title for item in catalog] == ["A", "B"]
    assert catalog.vocabulary.noun == ("thing", "things")
    assert not (version / "recommender.onnx").exists()
    assert (version / "dialogue/model.onnx").exists()
    assert (version / "reader/encoder.onnx").exists()
    assert Manifest.load(version).parity["reader"] == 2e-6
    assert "there are no interactions" in capsys.readouterr().err


def test_the_dialogue_model_is_exported_once_and_shared(bench):
    bench.build()
    bench.build()
    assert len(bench.asked("fake_export_dialogue")) == 1
    first, second = (bench.domain / version / "dialogue/model.onnx" for version in versions(bench.domain))
    assert first.stat().st_ino == second.stat().st_ino
    bench.build("--base-model", "another/model")
    assert len(bench.asked("fake_export_dialogue")) == 2


def test_the_reader_is_exported_once_and_shared_with_and_without_a_dialogue_model(bench):
    bench.build("--no-dialogue")
    bench.build("--no-dialogue")
    bench.build()
    assert len(bench.asked("fake_export_reader")) == 1
    inodes = {(bench.domain / v / "reader/encoder.onnx").stat().st_ino for v in versions(bench.domain)}
    assert len(inodes) == 1
    manifest = Manifest.load(bench.domain / versions(bench.domain)[0])
    assert (manifest.parity["reader"], manifest.parity["reader_decides"]) == (2e-6, 0.98)
    assert not any(name.startswith("dialogue") for name in manifest.files)


def test_the_reader_is_exported_anew_for_what_was_learned_anew(bench, monkeypatch, tmp_path):
    bench.build("--no-dialogue")
    learned = tmp_path / "learned"
    learned.mkdir()
    (learned / "heads.safetensors").write_text("other weights")
    monkeypatch.setattr(build, "SHIPPED_READER", learned)
    bench.build("--no-dialogue")
    assert len(bench.asked("fake_export_reader")) == 2
    assert len(bench.asked("fake_export_search_encoder")) == 1


def test_a_file_system_without_hard_links_gets_copies(bench, monkeypatch):
    def no_links(*_: object) -> None:
        raise OSError("cross-device link")

    monkeypatch.setattr(build.os, "link", no_links)
    assert bench.build() == 0
    assert (bench.domain / current(bench.domain) / "dialogue/model.onnx").read_text() == "weights"


@pytest.mark.parametrize("stage", ["fake_recommender", "fake_export_dialogue", "fake_quality", "fake_base_model"])
def test_a_failing_stage_ends_the_build_in_its_sentence_and_leaves_what_was_published(bench, monkeypatch, capfd, stage):
    bench.build("--no-dialogue")
    before = current(bench.domain)
    capfd.readouterr()
    monkeypatch.setenv("FAKE_FAILS", stage)
    assert bench.build() == 2
    said = capfd.readouterr()
    sentence = f"{stage} cannot go on, because the test says so"
    assert sentence in said.err.strip().splitlines()
    assert json.loads(said.out.strip().splitlines()[-1]) == {"stage": "failed", "done": 1, "say": sentence}
    assert current(bench.domain) == before
    assert versions(bench.domain) == [before]
    assert sorted(path.name for path in bench.domain.iterdir()) == [before, "current"]
    assert not [path for path in (bench.data / "things").iterdir() if path.name.startswith(".")]


def test_without_a_reader_nothing_is_published(bench, monkeypatch, capfd):
    monkeypatch.setenv("FAKE_FAILS", "fake_export_reader")
    assert bench.build() == 2
    assert "fake_export_reader cannot go on, because the test says so" in capfd.readouterr().err.strip().splitlines()
    assert versions(bench.domain) == []
    monkeypatch.delenv("FAKE_FAILS")
    assert bench.build("--no-dialogue") == 0


def test_a_failing_stage_ends_the_others(bench, monkeypatch):
    monkeypatch.setenv("FAKE_FAILS", "fake_base_model")
    monkeypatch.setenv("FAKE_HANGS", "fake_recommender")
    started = time.monotonic()
    assert bench.build() == 2
    assert time.monotonic() - started < 30


def test_no_publish_leaves_the_version_in_use(bench):
    bench.build("--no-dialogue")
    before = current(bench.domain)
    assert bench.build("--no-dialogue", "--no-publish") == 0
    assert current(bench.domain) == before
    assert len(versions(bench.domain)) == 2


def test_the_newest_versions_stay_and_the_one_in_use_always(tmp_path):
    for day in range(1, 9):
        folder = tmp_path / f"2026010{day}-000000"
        folder.mkdir()
        Manifest("things", folder.name, "").save(folder)
    publish(tmp_path, "20260101-000000")
    build.prune(tmp_path)
    assert versions(tmp_path) == [f"2026010{day}-000000" for day in (1, 6, 7, 8)]


def test_a_version_of_the_same_second_gets_another_name(tmp_path, monkeypatch):
    names = iter(["20260101-000000", "20260101-000000", "20260101-000001"])
    monkeypatch.setattr(build, "moment", lambda: next(names))
    facts = {"metrics": {}, "parity": {}, "training": {}, "sources": (), "reader": {}}
    for _ in range(2):
        (tmp_path / "artifact").mkdir()
        build.assemble("things", tmp_path, tmp_path / "artifact", dict(facts))
    assert versions(tmp_path) == ["20260101-000000", "20260101-000001"]


def test_what_a_killed_build_left_goes_a_day_later(tmp_path):
    for name, age in ((".incoming-old", 90_000), (".incoming-new", 0), ("20260101-000000", 90_000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    build.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".incoming-new", "20260101-000000"]


def test_a_domain_is_built_again_from_what_it_was_built_from(bench):
    bench.build("--no-dialogue", "--noun", "thing,things")
    (bench.folder / "items.csv").unlink()
    assert build.main(bench.arguments("--no-dialogue"), STAGES) == 0
    assert json.loads((bench.data / "things/vocabulary.json").read_text())["noun"] == ["thing", "things"]
    assert len(versions(bench.domain)) == 2


def test_a_domain_without_data_is_one_sentence(bench, capsys):
    assert build.main(bench.arguments("--no-dialogue"), STAGES) == 2
    assert capsys.readouterr().err.strip() == (
        "there is no data of domain things to build from: name it with --items or --source"
    )


def test_films_come_from_the_default_source(tmp_path):
    chosen = build.parse(["--domain", "movies"])
    assert build.raw_data(chosen, tmp_path) == ["--source", "default"]
    chosen = build.parse(["--domain", "movies", "--source", "movielens", "--from", "ml", "--enrich", "more.csv"])
    assert build.raw_data(chosen, tmp_path) == [
        "--source",
        "movielens",
        "--from",
        Path("ml"),
        "--enrich",
        Path("more.csv"),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *((name, "is not a domain's name") for name in ("../elsewhere", "", "A")),
        *((name, "is the name of a folder") for name in ("wheels", "search", "reader")),
    ],
)
def test_a_domain_is_a_folders_name_and_not_that_of_another(capsys, name, said):
    with pytest.raises(SystemExit, match="2"):
        build.parse(["--domain", name])
    assert said in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes end otherwise here")
def test_a_stopped_build_takes_its_stages_with_it(bench, monkeypatch):
    monkeypatch.setenv("FAKE_HANGS", "fake_recommender")
    code = f"import sys; from training import build; sys.exit(build.main({bench.given('--no-dialogue')!r}, {STAGES!r}))"
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as b:
        assert any('"hangs"' in line for line in iter(b.stdout.readline, ""))
        child = int(bench.asked("fake_recommender")[0]["pid"])
        b.send_signal(signal.SIGTERM)
        assert b.wait() == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert list(bench.domain.iterdir()) == []


def test_ratings_of_what_left_the_catalogue_are_left_out(tmp_path, capsys):
    items, train, extra = (tmp_path / name for name in ("items.csv", "train.csv", "extra.csv"))
    items.write_text("item_id,title\n1,One\n")
    train.write_text("user_id,item_id,value,timestamp\na,1,,\n")
    extra.write_text("user_id,item_id\nb,1\nb,gone\n")
    told = build.with_extra(train, extra, items).read_text().splitlines()
    assert told[1:] == ["a,1,,", "b,1,,"]
    assert "1 ratings are of items that are not in the catalogue any more" in capsys.readouterr().err
