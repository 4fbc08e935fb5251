import sys

from benchmarks import split


def test_every_line_is_in_one_of_the_files_and_a_seed_repeats_them(tmp_path, monkeypatch):
    rows = [f"u{n % 7},i{n},{n % 5 + 1}" for n in range(500)]
    (tmp_path / "all.csv").write_text("user_id,item_id,value\n" + "\n".join(rows) + "\n")
    written = []
    for _ in range(2):
        files = {name: tmp_path / name for name in ("train", "test")}
        monkeypatch.setattr(
            sys, "argv",
            ["split", "--interactions", str(tmp_path / "all.csv"), "--train", str(files["train"]), "--test",
             str(files["test"])],
        )  # fmt: skip
        assert split.main() == 0
        written.append({name: file.read_text().splitlines() for name, file in files.items()})
    assert written[0] == written[1]
    assert sorted(written[0]["train"] + written[0]["test"]) == sorted(row.replace(",", " ") for row in rows)
    assert 60 < len(written[0]["test"]) < 140
