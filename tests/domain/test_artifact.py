import json

import pytest

from domain import artifact
from domain.artifact import ArtifactError, Manifest


@pytest.fixture
def folder(tmp_path):
    version = tmp_path / "movies" / "20260101-000000"
    version.mkdir(parents=True)
    (version / "catalog.json").write_text('{"items": []}')
    return version


def complete(folder):
    Manifest("movies", folder.name, "2026-01-01T00:00:00+00:00", artifact.describe_files(folder)).save(folder)


def test_a_manifest_survives_its_file(folder):
    complete(folder)
    manifest = Manifest.load(folder)
    assert manifest.files["catalog.json"]["bytes"] == 13
    assert manifest.files["catalog.json"]["sha256"] == artifact.sha256(folder / "catalog.json")


def test_a_version_serves_as_another_if_all_that_is_used_is_the_same():
    def version(**files):
        return Manifest("movies", "1", "", {f"{name}.json": {"bytes": 1, "sha256": sha} for name, sha in files.items()})

    first = version(catalog="a", recommender="120 seconds")
    assert version(catalog="a", recommender="90 seconds").serves_as(first)
    assert not version(catalog="b", recommender="120 seconds").serves_as(first)
    assert not version(catalog="a", evidence="c").serves_as(first)


def test_a_version_without_manifest_is_none(folder):
    assert artifact.versions(folder.parent) == []
    with pytest.raises(ArtifactError, match="not whole"):
        artifact.publish(folder.parent, folder.name)
    assert artifact.current(folder.parent) is None


def test_what_is_published_is_current(folder):
    complete(folder)
    artifact.publish(folder.parent, folder.name)
    assert artifact.current(folder.parent) == folder.name == (folder.parent / "current").read_text().strip()


def test_a_file_cut_short_is_noticed(folder):
    complete(folder)
    (folder / "catalog.json").write_text("{")
    with pytest.raises(ArtifactError, match=r"catalog\.json is missing or not the 13 bytes"):
        Manifest.load(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": 99})])
def test_a_broken_manifest_is_one_sentence(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ArtifactError, match=r"manifest\.json"):
        Manifest.load(folder)


def test_a_pointer_that_cannot_be_read_names_no_version(tmp_path):
    (tmp_path / "current").write_bytes(b"\xff\xfe")
    assert artifact.current(tmp_path) is None
    assert artifact.current(tmp_path / "current") is None


def test_replacing_a_file_leaves_nothing_else_behind(tmp_path):
    artifact.write_atomically(tmp_path / "a", "old")
    artifact.write_atomically(tmp_path / "a", "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a", "new")]
