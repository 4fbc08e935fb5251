"""What is written of the films is read whole or refused in a sentence, and joined to the catalogue's rows."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from domain.linking import normal
from domain.phrasing import Phrasing
from training import knowledge, sources
from training.knowledge import (
    FIELDS,
    KnowledgeError,
    Record,
    Standing,
    join,
    load,
    load_standings,
    names,
    row,
    stand,
    vocabulary,
)
from training.sources import Dataset, add_knowledge, enrich, fold
from training.vocabulary import vocabulary as of_items

LANGUAGES = ("en", "zh", "es", "de", "fr", "pt")
HEAT: dict[str, Any] = {
    "id": "6", "title": "Heat", "year": 1995, "director": ["Michael Mann"], "cast": ["Al Pacino", "Robert De Niro"],
    "theme": ["heist", "cat and mouse"], "mood": ["tense"], "premise": "A thief and a detective respect each other.",
    "premise_zh": "一个大盗和一个警探惺惺相惜。", "zh": ["盗火线"], "de": ["Heat"], "length": 170, "violence": 2,
    "true_story": False, "known_for": "coffee in the diner",
}  # fmt: skip


def written(folder: Path, *records: dict[str, Any] | str) -> Path:
    """A folder with a file of these records, or of these lines as they stand."""
    lines = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in records)
    (folder / "films.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def record(**facts: Any) -> Record:
    return Record("films.jsonl, line 1", facts)


def rows() -> dict[str, dict[str, str]]:
    """A catalogue of two films, one of them with an article."""
    heat = {"item_id": "6", "title": "Heat", "year": "1995", "other_names": "Hot", "genres": "Crime", "length": "2"}
    return {
        "6": heat,
        "1258": {"item_id": "1258", "title": "The Shining", "year": "1980", "other_names": "", "genres": "Horror"},
    }


def test_every_record_that_ships_can_be_used() -> None:
    files = sorted(knowledge.FILMS.glob("*.jsonl"))
    records = load()
    lines = sum(bool(line.strip()) for file in files for line in file.read_text(encoding="utf-8").splitlines())
    assert len(records) == lines > 3_000
    assert len({record.item_id for record in records}) == len(records)
    for told in records:
        assert set(told.facts) <= FIELDS
        assert all(row(told).values())


@pytest.mark.parametrize("name", ["themes", "moods"])
def test_every_value_has_a_meaning_and_words_in_six_languages(name: str) -> None:
    known = vocabulary(name)
    assert len(known) >= 30
    for value, entry in known.items():
        assert entry["means"], value
        for language in LANGUAGES:
            words = entry.get(language)
            assert words, (value, language)
            assert all(word == word.strip() and word for word in words), (value, language)
            assert len(set(words)) == len(words), (value, language)


def test_what_a_good_record_says_is_kept(tmp_path: Path) -> None:
    (told,) = load(written(tmp_path, "", HEAT, "   "))
    assert told.facts == HEAT
    assert told.where == "films.jsonl, line 2"
    assert (told.name, told.item_id, told.is_new) == ("Heat (1995)", "6", False)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"theme": ["heist", "dragons in love"]}, "unknown theme 'dragons in love'"),
        ({"mood": ["grumbly"]}, "unknown mood 'grumbly'"),
        ({"genres": ["Romcom"]}, "unknown genres 'Romcom'"),
        ({"form": "puppets"}, "unknown form 'puppets'"),
        ({"age": 200}, "age 200 is not a whole number from 0 to 18"),
        ({"age": "12"}, "age '12' is not a whole number from 0 to 18"),
        ({"age": True}, "age True is not a whole number from 0 to 18"),
        ({"violence": 4}, "violence 4 is not a whole number from 0 to 3"),
        ({"year": 1066}, "year 1066 is not a whole number from 1888 to 2030"),
        ({"length": 0}, "length 0 is not a whole number from 1 to 900"),
        ({"theme": ["heist"]}, "1 values of theme, where 2 to 6 are asked for"),
        ({"director": "Michael Mann"}, "director has to be a list of words"),
        ({"cast": ["Al Pacino|Robert De Niro"]}, "cast has to be a list of words"),
        ({"zh": [" "]}, "zh has to be a list of words"),
        ({"premise": 7}, "premise has to be text"),
        ({"premise": "word " * 26}, "premise has 26 words, where 25 are allowed"),
        ({"premise_zh": "字" * 61}, "premise_zh has 61 characters, where 60 are allowed"),
        ({"true_story": "yes"}, "true_story has to be true or false"),
        ({"colour": ["blue"]}, "unknown colour 'blue'"),
        ({"ending": "merry"}, "unknown ending 'merry'"),
        ({"smell": "smoke"}, "there is no field 'smell'"),
    ],
)
def test_a_wrong_record_is_named_with_what_is_wrong(tmp_path: Path, changed: dict[str, Any], wrong: str) -> None:
    other = {"title": "Fargo", "year": 1996}
    with pytest.raises(KnowledgeError) as raised:
        load(written(tmp_path, other, HEAT | changed))
    assert str(raised.value) == f"films.jsonl, line 2: Heat: {wrong}"


@pytest.mark.parametrize("line", ["[1]", '"Heat"', '{"title": "Heat"}', '{"title": "", "year": 1995}',
                                  '{"title": "Heat", "year": "1995"}'])  # fmt: skip
def test_a_line_that_names_no_film_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(KnowledgeError, match=r"^films\.jsonl, line 1: a record needs a title and a year$"):
        load(written(tmp_path, line))


def test_a_line_that_is_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"^films\.jsonl, line 2: not JSON"):
        load(written(tmp_path, HEAT, '{"title": "Fargo", '))


@pytest.mark.parametrize(
    "again", [HEAT, {"title": "Léon: The Professional", "year": 1994}, {"title": "LEON the professional", "year": 1994}]
)
def test_a_film_has_one_record(tmp_path: Path, again: dict[str, Any]) -> None:
    leon = {"title": "Leon: The Professional", "year": 1994}
    with pytest.raises(KnowledgeError, match=r"^films\.jsonl, line 3: .* was told of before, in films\.jsonl, line"):
        load(written(tmp_path, HEAT, leon, again))


def test_what_is_known_becomes_columns_and_what_is_not_is_left_out() -> None:
    columns = row(Record("", HEAT))
    assert columns == {
        "director": "Michael Mann",
        "cast": "Al Pacino|Robert De Niro",
        "theme": "heist|cat and mouse",
        "mood": "tense",
        "length": "170",
        "violence": "2",
        "basis": "an invented story",
        "description": HEAT["premise"],
        "description:zh-CN": HEAT["premise_zh"],
        "title:zh-CN": "盗火线",
        "remembered": "coffee in the diner",
    }


def test_nothing_of_an_intensity_is_told_as_zero() -> None:
    assert row(record(title="Up", year=2009, scary=0, age=0)) == {"scary": "0", "age": "0"}


@pytest.mark.parametrize(
    ("facts", "place", "sequel"),
    [
        ({"series": "Star Wars", "part": 1}, "part 1 of Star Wars", "first part"),
        ({"standalone": True}, "none, it stands alone", "stand-alone"),
        ({"series": "Star Wars", "part": 5}, "part 5 of Star Wars", "sequel"),
        ({"series": "Star Wars"}, "Star Wars", None),
        ({}, None, None),
    ],
)
def test_a_part_of_a_series_has_a_place_in_it(facts: dict[str, Any], place: str | None, sequel: str | None) -> None:
    columns = row(record(title="A film", year=2000, **facts))
    assert (columns.get("place"), columns.get("sequel")) == (place, sequel)


@pytest.mark.parametrize(
    ("facts", "basis"),
    [
        ({"based_on": "the novel by Mario Puzo"}, "a novel"),
        ({"based_on": "the Marvel comic books"}, "a comic book"),
        ({"based_on": "the short story Second Variety by Philip K. Dick"}, "a short story"),
        ({"based_on": "the film Yojimbo"}, "another film"),
        ({"based_on": "the book by Somebody", "true_story": True}, "a true story|a book"),
        ({"based_on": "an original screenplay"}, "an original screenplay"),
        ({"based_on": "a dream"}, None),
        ({}, None),
    ],
)
def test_what_a_film_is_based_on_has_a_kind(facts: dict[str, Any], basis: str | None) -> None:
    assert row(record(title="A film", year=2000, **facts)).get("basis") == basis


def test_titles_in_other_languages_are_names_unless_they_name_nothing() -> None:
    told = record(title="Heat", year=1995, zh=["盗火线", "热"], de=["heat"], es=["Fuego contra fuego"], fr=["A|B"])
    assert names(told) == ["盗火线", "Fuego contra fuego", "A/B"]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"zh": ["盗火线", "热"], "es": ["Fuego contra fuego"]}, {"zh-CN": "盗火线", "es": "Fuego contra fuego"}),
        ({"zh": ["英雄"], "de": ["A film"]}, {"zh-CN": "英雄"}),
        ({"language": "Portuguese", "original": ["Um filme"]}, {"pt": "Um filme"}),
        ({"language": "French", "original": ["Un film"], "fr": ["Le film"]}, {"fr": "Le film"}),
        ({"language": "Polish", "original": ["Film"]}, {}),
    ],
)
def test_a_film_is_called_what_the_speakers_of_a_language_call_it(facts: dict[str, Any], told: dict[str, str]) -> None:
    of_a_title = {
        column: text for column, text in row(record(title="A film", year=2000, **facts)).items() if ":" in column
    }
    assert of_a_title == {f"title:{language}": title for language, title in told.items()}


@pytest.mark.parametrize("language", ["zh-CN", "es", "de", "fr", "pt"])
def test_every_value_of_the_default_films_is_called_something_in_every_language(language: str) -> None:
    rows = {film.item_id: row(film) for film in load()}
    words = of_items(rows, ("film", "films"), "films").translations[language]
    told = ("country", "language", "form", "theme", "mood", "basis", "sequel")
    values = {
        value for columns in rows.values() for name in told for value in columns.get(name, "").split("|") if value
    }
    assert sorted(value for value in values if value not in words) == []


@pytest.mark.parametrize(
    ("language", "attribute", "value", "said"),
    [
        ("zh-CN", "place", "part 2 of Harry Potter", "哈利·波特系列第2部"),
        ("de", "place", "part 2 of Saw", "Teil 2 von Saw"),
        ("zh-CN", "based_on", "the novel by J. K. Rowling", "J. K. Rowling的小说"),
        ("fr", "based_on", "the novel by Alexandre Dumas", "le roman (Alexandre Dumas)"),
        ("es", "based_on", "the novel The Executioners by John D. MacDonald",
         "la novela «The Executioners» de John D. MacDonald"),
        ("pt", "based_on", "the film Yojimbo", "o filme “Yojimbo”"),
        ("en", "based_on", "the film Yojimbo", "the film Yojimbo"),
    ],
)  # fmt: skip
def test_many_values_are_told_by_their_form(language: str, attribute: str, value: str, said: str) -> None:
    rows = {film.item_id: row(film) for film in load()}
    words = of_items(rows, ("film", "films"), "films")
    assert Phrasing(words, language).value(attribute, value) == said


def test_a_film_of_the_catalogue_gets_what_is_known_of_it() -> None:
    items = rows()
    assert join(items, [Record("", HEAT)], fold, new=True) == 1
    assert items["6"]["director"] == "Michael Mann"
    assert items["6"]["theme"] == "heist|cat and mouse"
    assert items["6"]["other_names"] == "Hot|盗火线"
    assert items["1258"] == rows()["1258"]


def test_what_a_record_does_not_say_stays_as_it_was() -> None:
    items = rows()
    join(items, [record(id="6", title="Heat", year=1995, director=["Michael Mann"])], fold, new=True)
    assert items["6"] == rows()["6"] | {"director": "Michael Mann"}


def test_an_article_tells_no_film_from_another() -> None:
    items = rows()
    join(items, [record(id="1258", title="Shining", year=1980, mood=["creepy"])], fold, new=True)
    assert items["1258"]["mood"] == "creepy"
    assert items["1258"]["title"] == "The Shining"


def test_a_newer_film_is_added_only_where_it_is_asked_for() -> None:
    told = record(title="Dune: Part Two", year=2024, genres=["Adventure", "Sci-Fi"], length=166)
    items = rows()
    assert join(items, [told], fold, new=False) == 0
    assert items == rows()
    assert join(items, [told], fold, new=True) == 1
    added = items["new:dune-part-two-2024"]
    assert added["item_id"] == "new:dune-part-two-2024"
    assert (added["title"], added["year"], added["genres"]) == ("Dune: Part Two", "2024", "Adventure|Sci-Fi")
    assert added["length"] == "166"


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"id": "99", "title": "Heat", "year": 1995}, "no film of the catalogue is Heat (1995) with id 99"),
        ({"title": "Nowhere", "year": 2001}, "no film of the catalogue is Nowhere (2001) with id new:nowhere-2001"),
        ({"id": "6", "title": "Fargo", "year": 1996}, "6 is Heat, not Fargo (1996)"),
        ({"id": "6", "title": "Heat", "year": 1986}, "6 is Heat, not Heat (1986)"),
        (
            {"title": "Heat", "year": 1995, "genres": ["Crime"]},
            "Heat (1995) is in the catalogue as 6: give that id",
        ),
    ],
)
def test_a_record_of_no_film_or_another_is_refused(facts: dict[str, Any], wrong: str) -> None:
    with pytest.raises(KnowledgeError) as raised:
        join(rows(), [record(**facts)], fold, new=True)
    assert str(raised.value) == f"films.jsonl, line 1: {wrong}"


def test_what_an_owner_says_of_a_film_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "load", lambda: [Record("", HEAT)])
    data = Dataset(rows(), [], films=True)
    (tmp_path / "mine.csv").write_text("title,year,director,shelf\nHeat,1995,Somebody Else,B4\n", encoding="utf-8")
    add_knowledge(data, new=True)
    assert data.items["6"]["director"] == "Michael Mann"
    enrich(data, tmp_path / "mine.csv")
    assert (data.items["6"]["director"], data.items["6"]["shelf"]) == ("Somebody Else", "B4")
    assert data.items["6"]["mood"] == "tense"


def test_a_record_that_cannot_be_used_ends_set_up_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, HEAT | {"age": 200})
    monkeypatch.setattr(knowledge, "load", lambda: load(folder))
    data = Dataset(rows(), [], films=True)
    monkeypatch.setattr(sources, "read", lambda chosen: data)
    assert sources.main(["--out", str(tmp_path / "out")]) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last == "films.jsonl, line 1: Heat: age 200 is not a whole number from 0 to 18"
    assert not (tmp_path / "out").exists()


def test_all_that_is_written_of_the_films_has_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = knowledge.texts()
    assert len(texts) > 10_000
    assert all(texts)
    monkeypatch.setattr(knowledge, "load", lambda: [Record("", HEAT)])
    assert knowledge.texts() == ["Heat", HEAT["premise"], HEAT["premise_zh"], HEAT["known_for"]]


def test_every_name_is_spelt_in_one_way() -> None:
    spelt: dict[str, set[str]] = {}
    for record in load():
        for name in (*record.facts.get("director", ()), *record.facts.get("cast", ())):
            spelt.setdefault(normal(name), set()).add(name)
    assert [sorted(names) for names in spelt.values() if len(names) > 1] == []


def test_people_with_chinese_names_are_called_as_the_knowledge_of_films_calls_them() -> None:
    known = {name for record in load() for key in ("director", "cast") for name in record.facts.get(key, ())}
    told = tomllib.loads((Path(knowledge.__file__).parents[1] / "words/people.toml").read_text("utf-8"))
    assert set(told) - known == set()
    assert len(told) > 150


def test_no_two_parts_of_a_series_have_one_number_but_remakes() -> None:
    parts: dict[tuple[str, int], list[Record]] = {}
    for record in load():
        if "series" in record.facts and record.facts.get("part", 1) > 1:
            parts.setdefault((record.facts["series"], record.facts["part"]), []).append(record)
    assert [[one.name for one in ones] for ones in parts.values() if len(ones) > 1] == []


def test_colours_and_endings_are_told(tmp_path: Path) -> None:
    (told,) = load(written(tmp_path, HEAT | {"colour": ["black and white", "colour"], "ending": "sad"}))
    columns = row(told)
    assert (columns["colour"], columns["ending"]) == ("black and white|colour", "sad ending")


def test_the_sequels_of_the_thin_man_are_known() -> None:
    parts = [record.facts["part"] for record in load() if record.facts.get("series") == "The Thin Man"]
    assert sorted(parts) == [1, 2, 3, 4, 5, 6]


def test_what_is_written_in_other_languages_has_columns_of_its_own() -> None:
    columns = row(record(**HEAT, premise_es="Un ladrón.", pitch_de="Zwei Männer."))
    assert columns["description:es"] == "Un ladrón."
    assert columns["pitch:de"] == "Zwei Männer."
    assert "description:fr" not in columns


def test_what_anybody_would_say_it_is_of_is_searched_beside_what_it_is_remembered_by() -> None:
    assert row(record(**HEAT, subjects="robbers, police"))["remembered"] == "coffee in the diner, robbers, police"
    assert row(record(title="Heat", year=1995, subjects="robbers"))["remembered"] == "robbers"


def test_every_film_of_the_records_has_a_standing() -> None:
    standings = load_standings()
    assert not {record.item_id for record in load()} - standings.keys()
    assert standings["new:parasite-2019"].regard > standings["2953"].regard


@pytest.mark.parametrize("line", ["6\t7", "6\t7\thigh", "6\t10\t5", "6\t7\t0", "1\t5\t5"])
def test_a_standing_that_is_none_is_told_by_file_and_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "standing.tsv"
    file.write_text(f"item_id\tknown\tregard\n1\t5\t5\n{line}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"standing\.tsv, line 3: "):
        load_standings(file)


def test_better_known_and_better_liked_and_newer_films_stand_better() -> None:
    known, loved = Standing(7, 6), Standing(5, 8)
    assert known.worth(1995, 1) > Standing(5, 6).worth(1995, 1)
    assert loved.worth(1995, 1) > Standing(5, 6).worth(1995, 1)
    assert known.worth(2015, 1) > known.worth(1995, 1) > known.worth(1995, 2)
    assert Standing(9, 6).worth(1995, 1) < Standing(7.5, 6).worth(1995, 1)  # most have seen it


def test_a_film_is_as_well_known_as_it_is_today_at_least() -> None:
    items = {"6": {"year": "1995"}, "new:dune-2021": {"year": "2021"}}
    stand(items, {name: Standing(8, 8) for name in (*items, "7")}, {"6": 70, "7": 5})
    assert items["6"] == {"year": "1995", "standing": "2.39", "popularity": "10"}
    assert items["new:dune-2021"]["popularity"] == "80"
    stand(items, {"6": Standing(4, 8)}, {"6": 70})
    assert items["6"]["popularity"] == "0"


def test_people_of_films_are_called_what_chinese_calls_them() -> None:
    words = of_items(
        {"1": {"title": "Heat", "cast": "Al Pacino", "director": "Michael Mann"}}, ("film", "films"), "films"
    )
    assert Phrasing(words, "zh-CN").value("cast", "Al Pacino") == "阿尔·帕西诺"
    assert Phrasing(words, "en").value("cast", "Al Pacino") == "Al Pacino"
    assert words.synonyms["阿尔·帕西诺"] == (("cast", "Al Pacino"),)
    assert "汤姆·汉克斯" not in words.synonyms  # he is in no film here


def test_no_chinese_name_is_that_of_two_people() -> None:
    called = [name for names in sources_of_people().values() for name in set(names) if not name.isascii()]
    assert len(called) == len(set(called)) > 2000


def sources_of_people() -> dict[str, list[str]]:
    path = knowledge.FOLDER.parent / "words" / "people.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
