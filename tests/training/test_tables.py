"""An owner's CSV files are read as they are meant, and what is read otherwise than it stands there is told."""

import pytest

from domain.catalog import Item, Vocabulary
from training.sources import catalog, clean, from_csv
from training.tables import SourceError, read_interactions, read_items


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_common_headings_are_read_and_told(tmp_path):
    notes = []
    items = read_items(write(tmp_path / "items.csv", "Item_ID,Product Name,Release Year\na,Lamp,2019\n"), notes.append)
    assert items["a"] | {"title": "Lamp", "year": "2019"} == items["a"]
    assert notes == [
        "items.csv: column 'Item_ID' is read as item_id",
        "items.csv: column 'Product Name' is read as title",
        "items.csv: column 'Release Year' is read as year",
    ]


def test_a_column_of_the_right_name_is_taken_before_one_like_it(tmp_path):
    notes = []
    items = read_items(write(tmp_path / "items.csv", "item_id,title,name,id\na,Lamp,L-1,7\n"), notes.append)
    assert items["a"] == {"item_id": "a", "title": "Lamp", "name": "L-1", "id": "7"}
    assert notes == []


def test_a_picture_is_shown_and_is_no_attribute(tmp_path):
    address = "https://example.org/lamp.png"
    table = write(tmp_path / "items.csv", f"item_id,title,Image URL,colour\na,Lamp,{address},red\nb,Pen,,blue\n")
    lamp, pen = catalog(read_items(table), Vocabulary())
    assert (lamp.image, pen.image) == (address, None)
    assert set(lamp.attributes) == {"colour"}
    assert Item.from_json(lamp.to_json()) == lamp


@pytest.mark.parametrize("image", ["http://example.org/a.png", "lamp.png", "https://a b", "https://" + "a" * 2041])
def test_what_is_no_address_of_a_picture_is_told_with_its_line(tmp_path, image):
    with pytest.raises(SourceError, match=r"line 2: image '.*' is not an address that begins with https://"):
        read_items(write(tmp_path / "items.csv", f"item_id,title,image\na,Lamp,{image}\n"))


@pytest.mark.parametrize("heading", ["value", "Value", "rating", "Rating", "SCORE", "stars"])
def test_ratings_are_read_whatever_they_are_called(tmp_path, heading):
    path = write(tmp_path / "interactions.csv", f"userId,movieId,{heading}\nu,a,4.5\n")
    assert [(i.user_id, i.item_id, i.value) for i in read_interactions(path)] == [("u", "a", 4.5)]


def test_a_column_that_is_not_used_is_named(tmp_path):
    notes = []
    path = write(tmp_path / "interactions.csv", "user_id,item_id,device\nu,a,phone\nu,b,phone\n")
    read_interactions(path, note=notes.append)
    assert notes == ["interactions.csv: column 'device' is not used"]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1700000000", 1_700_000_000),
        ("1700000000000", 1_700_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000),
        ("2023-11-14 22:13:20", 1_700_000_000),
        ("2023-11-15", 1_700_006_400),
        ("n/a", None),
        ("", None),
    ],
)
def test_times_are_numbers_or_dates(tmp_path, written, seconds):
    path = write(tmp_path / "interactions.csv", f"user_id,item_id,timestamp\nu,a,{written}\n")
    assert [i.timestamp for i in read_interactions(path)] == [seconds]


def test_what_is_not_known_is_absent(tmp_path):
    items = read_items(write(tmp_path / "items.csv", "item_id,title,year,brand\na,N/A,n/a,None\nb,Lamp,2019,Acme\n"))
    assert items["a"] == {"item_id": "a", "title": "N/A", "year": "", "brand": ""}
    path = write(tmp_path / "interactions.csv", "user_id,item_id,value\nu,a,n/a\nu,b,5\n")
    assert [i.value for i in read_interactions(path)] == [None, 5.0]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("$12.99", '"$1,299.00"', ""), ("12.99", "1299.00", "")),
        (("12 €", "9.50 EUR", "n/a"), ("12", "9.50", "")),
        (("50元", "¥8", ""), ("50", "8", "")),
        (("$12", "cheap", ""), ("$12", "cheap", "")),
        (("12", "8", ""), ("12", "8", "")),
    ],
)
def test_prices_are_numbers(tmp_path, cells, read):
    notes = []
    lines = "".join(f"{n},Lamp {n},{cell}\n" for n, cell in enumerate(cells))
    items = read_items(write(tmp_path / "items.csv", f"item_id,title,price\n{lines}"), notes.append)
    assert tuple(row["price"] for row in items.values()) == read
    assert len(notes) == (read != cells and read != tuple(cell.strip('"') for cell in cells))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("item_id;title\na;Lamp\n", "semicolons stood between the cells, where commas have to"),
        ("item_id\ttitle\na\tLamp\n", "tabs stood between the cells"),
        ("item_id,title\na,L\u00e1mpara\n".encode("cp1252"), "it looks like Windows-1252 or Latin-1: save it as UTF-8"),
        ("item_id,title\na,Lamp\n".encode("utf-16"), "it looks like UTF-16"),
        ("item_id,title\n", "no items below its first line"),
        ("", "is empty"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_as_it_was_seen(tmp_path, content, said):
    with pytest.raises(SourceError, match=said):
        read_items(write(tmp_path / "items.csv", content))


def test_a_value_in_words_is_told_what_to_be(tmp_path):
    path = write(tmp_path / "interactions.csv", "user_id,item_id,value\nu,a,purchase\n")
    with pytest.raises(SourceError, match=r"'purchase' is not a number: write numbers .* or leave the column"):
        read_interactions(path)


def test_interactions_of_which_none_is_with_an_item_are_refused(tmp_path):
    items = write(tmp_path / "items.csv", "item_id,title\na,Lamp\n")
    interactions = write(tmp_path / "interactions.csv", "user_id,item_id\nu,B-1\nv,B-2\n")
    with pytest.raises(SourceError, match=r"none of the 2 interactions .* 'B-1', which has items like 'a'"):
        clean(from_csv(items, interactions, ("item", "items")))
