"""Items are found by words and by what they mean; what a message describes is searched."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.encoder import Meaning
from bot.search import Found, Search
from bot.seeking import BESIDE, HINTED, MEANT, ONE_WORD, WEIGHT, Seeker, Sought
from bot.understood import Asked, Named, Understood
from domain.artifact import ENCODER_MODEL, MEANING, MEANING_OF_VALUES, SEARCH, SEARCH_WORDS, ArtifactError
from domain.catalog import Catalog, Item, Vocabulary
from domain.frame import Act, Frame, Role, Topic
from domain.preference import Constraint
from domain.searching import PREFIX, described_values, embedded
from export.meaning import write_index
from tests.fakes import index_of

TOLD = (
    # id, title, description, Chinese description
    ("1", "Tin Hearts", "A robot learns to love.", "机器人学会了爱。"),
    ("2", "The Vault", "Thieves plan one last heist.", "盗贼们最后一次抢劫。"),
    ("3", "The Android", "An android escapes from a factory.", "仿生人逃出工厂。"),
    ("4", "Again and Again", "A woman lives the same day over and over.", "她不断重复同一天。"),
    ("5", "Wedding Season", "Two guests meet at ten weddings.", "婚礼上的相遇。"),
    ("6", "Deep Water", "Divers find a wreck.", "潜水员发现沉船。"),
)
CONCEPTS = {
    "robot": 1, "robots": 1, "android": 1, "machine": 1, "heist": 2, "robbery": 2, "thieves": 2, "loop": 3, "same": 3,
    "weddings": 4, "marriage": 4, "wreck": 5,
}  # fmt: skip
"""Words that mean alike -> their coordinate; all others mean nothing that an item means."""
ASKING = ("a", "an", "about", "with", "film", "films", "something", "like", "the", "i", "want", "电影", "关于")


class Concepts:
    """An encoder to whom words mean concepts."""

    def read(self, text: str) -> Meaning:
        meant = np.zeros((1, 8), dtype=np.float32)
        for word in re.findall(r"\w+", text.removeprefix(PREFIX).lower()):
            meant[0, CONCEPTS.get(word, 7)] += 1 if word in CONCEPTS else 0.01
        meant[0, 7] += 0.001
        return Meaning(meant, [(0, len(text))])


def item(item_id: str, title: str, description: str, chinese: str = "", popularity: int = 10) -> Item:
    return Item(
        item_id, title, 2000, description,
        descriptions={"zh-CN": chinese} if chinese else {}, popularity=popularity, attributes={"genres": ("Drama",)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def shelf() -> Catalog:
    return Catalog([item(*told) for told in TOLD])


def vectors_of(catalog: Catalog) -> NDArray[np.float16]:
    """What the items mean, without the words that mean nothing, ``[items, 8]``."""
    meant = np.stack([Concepts().read(" ".join(embedded(item, catalog))).whole for item in catalog])
    meant[:, 7] = 0
    vectors: NDArray[np.float16] = (meant / np.linalg.norm(meant, axis=1, keepdims=True)).astype(np.float16)
    return vectors


@pytest.fixture(scope="module")
def search(shelf: Catalog) -> Search:
    return Search(shelf, index_of(shelf), Concepts(), vectors_of(shelf))


@pytest.fixture(scope="module")
def by_words(shelf: Catalog) -> Search:
    return Search(shelf, index_of(shelf), None, None)


def best(found: Found) -> str:
    return TOLD[int(found.scores.argmax())][0]


# Searching


@pytest.mark.parametrize(
    ("text", "item_id"),
    [
        ("robots", "1"),
        ("loved", "1"),
        ("HEISTS", "2"),
        ("the wreck", "6"),
        ("抢劫", "2"),
        ("仿生人", "3"),
        ("vault", "2"),
    ],
)
def test_what_has_the_words_comes_first(by_words: Search, text: str, item_id: str) -> None:
    assert best(by_words.find(text, text)) == item_id


@pytest.mark.parametrize(("text", "item_id"), [("robbery", "2"), ("loop", "4"), ("marriage", "5")])
def test_what_means_the_same_comes_first_where_nothing_has_the_words(search: Search, text: str, item_id: str) -> None:
    found = search.find(text, text)
    assert best(found) == item_id
    assert found.covered == 0
    assert found.cosine > 0.9


def test_of_what_means_the_same_that_with_the_words_comes_first(search: Search) -> None:
    robot, android = (search.find(text, text).scores for text in ("robot", "android"))
    assert robot.argsort()[::-1][:2].tolist() == [0, 2]
    assert android.argsort()[::-1][:2].tolist() == [2, 0]


def test_meaning_is_read_of_all_that_was_said_and_words_are_looked_up_of_what_tells(search: Search) -> None:
    assert best(search.find("robbery", "wreck")) == "2"
    assert search.find("robbery", "wreck").covered == pytest.approx(1)
    assert search.find("robbery", "hello").cosine < 0.1


def test_what_has_all_the_words_comes_before_what_has_one_of_them_often() -> None:
    told = ("Robot robot robot", "A heist by a robot", "A heist, a heist")
    catalog = Catalog([item(str(n), f"Film {n}", text) for n, text in enumerate(told)])
    searched = Search(catalog, index_of(catalog), None, None)
    assert searched.find("robot heist", "robot heist").scores.argmax() == 1
    by_cover = searched.find("robot heist", "robot heist").scores - searched.find("", "robot heist", story=True).scores
    assert by_cover.argmax() == 1


def test_other_words_of_the_message_rank_and_tell_nothing_of_what_there_is(by_words: Search) -> None:
    alone, beside = (by_words.find("day", "day", rest=rest) for rest in ("", "wreck"))
    assert alone.scores[5] < beside.scores[5]
    assert best(beside) == best(alone) == "4"
    assert alone.covered == beside.covered


def test_words_that_nobody_has_cover_nothing(by_words: Search, search: Search) -> None:
    for searched in (by_words, search):
        found = searched.find("unicorn 独角兽", "unicorn 独角兽")
        assert found.covered == 0
        assert found.cosine < 0.1
        assert np.isfinite(found.scores).all()


def test_the_share_of_words_that_one_item_has_is_told(by_words: Search) -> None:
    whole, half, apart = (by_words.find(t, t).covered for t in ("robot love", "robot unicorn", "robot wreck"))
    assert whole == pytest.approx(1)
    assert 0 < half < 0.5  # a word that nobody has is the rarest
    assert apart == pytest.approx(0.5, abs=0.1)  # one item has one, another has the other


def test_no_words_find_nothing_in_particular(search: Search, by_words: Search) -> None:
    for searched in (search, by_words):
        for text in ("", "?!", "   "):
            found = searched.find(text, text)
            assert found.scores.shape == (len(TOLD),)
            assert found.covered == 0
            assert np.ptp(found.scores) < 0.01


def test_of_what_fits_alike_the_better_known_comes_first() -> None:
    catalog = Catalog([item(str(n), f"Film {n}", "A robot.", popularity=known) for n, known in enumerate((5, 500, 50))])
    found = Search(catalog, index_of(catalog), None, None).find("robot", "robot")
    assert found.scores.argsort()[::-1].tolist() == [1, 2, 0]


def test_a_word_said_twice_counts_once(by_words: Search) -> None:
    once, twice = by_words.find("robot", "robot"), by_words.find("robot", "robot Robots")
    np.testing.assert_array_equal(once.scores, twice.scores)


def test_each_way_of_searching_can_be_seen_apart(search: Search, by_words: Search) -> None:
    apart = search.apart("robbery", "wreck")
    assert TOLD[int(apart["BM25"].argmax())][0] == "6"
    assert TOLD[int(apart["meaning"].argmax())][0] == "2"
    assert not by_words.apart("robbery", "wreck")["meaning"].any()
    assert not search.apart("", "unicorn")["BM25"].any()


def test_what_fits_nearly_as_well_as_the_best_fits() -> None:
    found = Found(np.array([0.90, 0.5, 0.899, 0.7], dtype=np.float32), 0.9, 1.0)
    assert found.fitting(1).tolist() == [True, False, True, False]
    assert found.fitting(3).tolist() == [True, False, True, True]
    assert found.fitting(10).all()


def test_of_what_fits_alike_the_first_ones_make_up_the_number() -> None:
    found = Found(np.array([1.0, 0.2, 0.2, 0.2], dtype=np.float32), 0.9, 1.0)
    assert found.fitting(2).tolist() == [True, True, False, False]


# Which one is described


@pytest.mark.parametrize(
    ("words", "item_id"), [("the one with the robbery", "2"), ("that marriage thing", "5"), ("the machine one", "1")]
)
def test_of_what_was_shown_the_one_that_words_describe_is_the_nearest(search: Search, words: str, item_id: str) -> None:
    assert search.nearest(words, ("2", "5", "1")) == item_id
    assert search.nearest(words, ("1", "2", "5")) == item_id


def test_what_was_shown_and_has_left_the_catalogue_is_not_described(search: Search) -> None:
    assert search.nearest("the one with the robbery", ("gone", "1", "2")) == "2"
    assert search.nearest("the one with the robbery", ("gone",)) is None


def test_without_anything_that_tells_what_is_meant_nothing_is_described(search: Search, by_words: Search) -> None:
    assert by_words.nearest("the heist one", ("1", "2")) is None
    assert search.nearest("the heist one", ()) is None


VALUES = Vocabulary(ask=("genres",), telling=("theme",), synonyms={"automata": (("theme", "machine"),)})


@pytest.fixture(scope="module")
def themed(shelf: Catalog) -> Catalog:
    """The shelf twice, with themes that several items share."""
    themes = ("machine", "marriage", "heist") * 4
    items = [replace(one, item_id=f"{copy}{one.item_id}") for copy in range(2) for one in shelf]
    told = zip(items, themes, strict=True)
    return Catalog([replace(i, attributes=dict(i.attributes) | {"theme": (theme,)}) for i, theme in told], VALUES)


def values_of(catalog: Catalog) -> NDArray[np.float16]:
    return np.array([Concepts().read(texts[0]).whole for texts in described_values(catalog).values()], np.float16)


def test_words_that_mean_nearly_a_value_are_another_thing_where_nothing_tells_how_else_it_is_said(
    themed: Catalog,
) -> None:
    """Near "marriage", which has no other words, they do not mean it; near "machine", which has some, they do."""

    class Near(Concepts):
        def read(self, text: str) -> Meaning:
            meant = super().read(text).whole.copy()
            meant[6] = 0.45  # a cosine of .91
            return Meaning(meant[None] / np.linalg.norm(meant), [(0, len(text))])

    search = Search(themed, None, Near(), vectors_of(themed), values_of(themed))
    assert search.values("robot thing") == (("theme", "machine"),)
    assert search.values("wedding marriage") == ()


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("a robot", ("theme", "machine")),
        ("robots", ("theme", "machine")),
        ("the robbery of thieves", ("theme", "heist")),
        ("a wreck", None),
        ("robots and weddings", None),
    ],
)
def test_words_that_mean_a_value_are_another_way_to_say_it(
    themed: Catalog, words: str, value: tuple[str, str] | None
) -> None:
    search = Search(themed, None, Concepts(), vectors_of(themed), values_of(themed))
    assert search.values(words) == ((value,) if value else ())


def test_without_what_values_mean_no_words_mean_one(search: Search) -> None:
    assert search.values("a robot") == ()


def test_values_that_are_no_names_are_described_by_their_words(themed: Catalog) -> None:
    told = described_values(themed)
    assert set(told) == {("genres", "Drama"), *(("theme", theme) for theme in ("machine", "marriage", "heist"))}
    assert told["theme", "machine"] == ("machine", "machine, automata")


def test_what_other_values_mean_is_refused(tmp_path: Path, themed: Catalog) -> None:
    np.save(tmp_path / MEANING_OF_VALUES, values_of(themed)[:-1])
    with pytest.raises(ArtifactError, match=r"values\.npy tells of other values"):
        Search.load(tmp_path, themed)


# Loading


def test_without_its_files_there_is_nothing_to_search_with(tmp_path: Path, shelf: Catalog) -> None:
    loaded = Search.load(tmp_path, shelf)
    assert not loaded.is_ready
    assert loaded.find("robot", "robot").covered == 0


def test_the_index_that_is_exported_is_the_one_that_is_searched(
    tmp_path: Path, shelf: Catalog, by_words: Search
) -> None:
    write_index(shelf, tmp_path / SEARCH_WORDS)
    loaded = Search.load(tmp_path, shelf)
    assert loaded.is_ready
    for text in ("robots", "抢劫", "vault heist", "unicorn"):
        np.testing.assert_allclose(loaded.find(text, text).scores, by_words.find(text, text).scores, rtol=1e-6)


def test_vectors_alone_are_no_use_without_an_encoder(tmp_path: Path, shelf: Catalog) -> None:
    np.save(tmp_path / MEANING, vectors_of(shelf))
    assert not Search.load(tmp_path, shelf).is_ready


def test_vectors_of_another_catalogue_are_refused(tmp_path: Path, shelf: Catalog) -> None:
    np.save(tmp_path / MEANING, vectors_of(shelf)[:-1])
    with pytest.raises(ArtifactError, match=r"meaning\.npy tells of 5 items, the catalogue has 6$"):
        Search.load(tmp_path, shelf)


def test_vectors_that_cannot_be_read_are_refused(tmp_path: Path, shelf: Catalog) -> None:
    (tmp_path / MEANING).write_bytes(b"these are no vectors")
    with pytest.raises(ArtifactError, match=r"the search index in .* cannot be loaded"):
        Search.load(tmp_path, shelf)


@pytest.mark.parametrize("broken", ["vocab.index.json", "params.index.json", "data.csc.index.npy"])
@pytest.mark.parametrize("content", [None, b"{"])
def test_an_index_that_is_not_whole_is_refused(
    tmp_path: Path, shelf: Catalog, broken: str, content: bytes | None
) -> None:
    write_index(shelf, tmp_path / SEARCH_WORDS)
    file = tmp_path / SEARCH_WORDS / broken
    assert file.is_file()
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"the search index in .* cannot be loaded"):
        Search.load(tmp_path, shelf)


def test_an_encoder_that_cannot_be_read_is_refused(tmp_path: Path, shelf: Catalog) -> None:
    (tmp_path / SEARCH).mkdir()
    (tmp_path / SEARCH / ENCODER_MODEL).write_bytes(b"{")
    with pytest.raises(ArtifactError, match=r"the encoder in .* cannot be loaded"):
        Search.load(tmp_path, shelf)


# What is described is searched


@pytest.fixture(scope="module")
def seeker(search: Search) -> Seeker:
    return Seeker(search, ASKING)


@pytest.mark.parametrize("described", [(), ("",), ("a film",), ("something", "like the film"), ("电影",), ("?!",)])
def test_where_no_words_are_left_nothing_is_searched(seeker: Seeker, described: tuple[str, ...]) -> None:
    assert seeker.seek(described, alone=True) is None
    assert seeker.seek(described, alone=True, named=True) is None


@pytest.mark.parametrize(("text", "item_id"), [("a film about robots", "1"), ("robbery", "2"), ("an android", "3")])
def test_what_somebody_wants_in_words_of_their_own_is_found(seeker: Seeker, text: str, item_id: str) -> None:
    sought = seeker.seek((text,), alone=True)
    assert sought is not None
    assert sought.there
    assert sought.alone
    assert sought.weight == ONE_WORD < WEIGHT
    assert best(sought.found) == item_id


def test_what_is_wanted_in_chinese_is_found_by_its_words(seeker: Seeker) -> None:
    sought = seeker.seek(("关于仿生人的电影",), alone=True)
    assert sought is not None
    assert best(sought.found) == "3"


def test_several_descriptions_are_searched_together_and_told_as_they_were_said(seeker: Seeker) -> None:
    sought = seeker.seek(("Thieves", "one last heist"), alone=True)
    assert sought is not None
    assert sought.words == "Thieves, one last heist"
    assert best(sought.found) == "2"


def test_what_is_not_there_is_known_not_to_be(seeker: Seeker) -> None:
    sought = seeker.seek(("unicorns",), alone=True)
    assert sought is not None
    assert not sought.there
    assert sought.words == "unicorns"


def test_beside_a_wish_unknown_words_are_a_hint_and_known_ones_more(seeker: Seeker) -> None:
    unknown, known = (seeker.seek((words,), alone=False) for words in ("unicorns", "robots"))
    assert unknown is not None
    assert known is not None
    assert unknown.there
    assert not unknown.alone
    held = [seeker.seek((words,), alone=False, beside=BESIDE) for words in ("unicorns", "robots")]
    assert [sought and sought.there for sought in held] == [False, True]
    assert (unknown.weight, known.weight) == (HINTED, ONE_WORD)


def heard(*topics: Topic, acts: tuple[Act, ...] = (Act.ASK,), **told: object) -> Understood:
    return Understood(Frame(frozenset(acts)), asked=tuple(Asked(topic) for topic in topics), **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said", "sought"),
    [
        ("about the robots?", heard(Topic.OUTSIDE), ("robots",)),
        ("robots, I want", heard(Topic.KINDS, Topic.PROPERTY), ("robots",)),
        ("the same day", heard(acts=(Act.REQUEST,), named=(Named(None, 4, 12, Role.WANTED),)), ("same day",)),
        ("the unicorns", heard(Topic.OUTSIDE), ()),
        ("robots", heard(Topic.PRIVACY), ()),
        ("robots", heard(acts=(Act.CHAT,)), ()),
        ("robots", heard(Topic.OUTSIDE, wishes=(Constraint("genres", "Drama"),)), ()),
        ("like the thieves who meet at weddings", heard(Topic.OUTSIDE), ()),
    ],
)
def test_what_is_surely_here_is_asked_for_whatever_the_words_were_taken_for(
    seeker: Seeker, text: str, said: Understood, sought: tuple[str, ...]
) -> None:
    again = seeker.reconsidered(said, text)
    assert again.sought == sought
    assert (again == said) is not bool(sought)
    if sought:
        assert again.acts == {Act.REQUEST}
        assert not again.asked
        assert not again.named


def test_what_is_asked_once_something_is_shown_is_asked_of_it(seeker: Seeker) -> None:
    said = heard(Topic.PROPERTY)
    assert seeker.reconsidered(said, "robots").sought == ("robots",)
    assert seeker.reconsidered(said, "robots", [Item("1", "Heat")]) == said


def test_what_has_all_of_some_unusual_words_is_there_whatever_they_mean() -> None:
    catalog = Catalog([item("1", "Kubernetes", "A woman."), item("2", "Ships", "A wreck.")])
    seeker = Seeker(Search(catalog, index_of(catalog), None, None), ASKING)
    found = [seeker.seek((words,), alone=True) for words in ("kubernetes", "woman", "kubernetes openshift")]
    assert [sought and sought.there for sought in found] == [True, False, False]


@pytest.mark.parametrize(
    ("before", "now", "sought"),
    [
        (("robot",), ("love",), ("robot", "love")),
        (("robot",), ("unicorns",), ("unicorns",)),
        (("robot",), (), ("robot",)),
        (("robot",), ("robot",), ("robot",)),
        ((), ("love",), ("love",)),
    ],
)
def test_what_is_said_of_what_was_looked_for_narrows_it_where_something_has_both(
    seeker: Seeker, before: tuple[str, ...], now: tuple[str, ...], sought: tuple[str, ...]
) -> None:
    assert seeker.narrowed(before, now) == sought


def test_how_much_of_a_story_is_labels(seeker: Seeker) -> None:
    story = "a film about thieves who meet at weddings"
    assert seeker.share("thieves", story) == 1 / 5  # thieves, who, meet, at, weddings
    assert seeker.share("", story) == 0
    assert seeker.share("film", "a film") == 0


def test_a_story_is_searched_whole_and_is_there(seeker: Seeker) -> None:
    text = "one where nobody knows the same day ends"
    sought = seeker.seek((text,), alone=True)
    assert sought is not None
    assert sought.there
    assert sought.words == text
    assert sought.weight == MEANT
    assert best(sought.found) == "4"


def test_of_one_film_whose_name_is_asked_for_few_words_are_enough(seeker: Seeker) -> None:
    sought = seeker.seek(("the same day",), alone=True, named=True)
    assert sought is not None
    assert sought.there
    assert sought.weight == MEANT
    assert best(sought.found) == "4"
    unknown = seeker.seek(("unicorns",), alone=True, named=True)
    assert unknown is not None
    assert not unknown.there


def test_without_anything_to_search_with_nothing_is_searched(tmp_path: Path, shelf: Catalog) -> None:
    assert Seeker(Search.load(tmp_path, shelf), ASKING).seek(("robots",), alone=True) is None


# What was found, beside taste


def found_of(*scores: float) -> Found:
    return Found(np.array(scores, dtype=np.float32), 0.9, 1.0)


def test_what_fits_the_words_comes_before_what_fits_taste() -> None:
    scores = np.zeros(20, dtype=np.float32)
    scores[0] = 3
    found = np.full(20, 0.5, dtype=np.float32)
    found[7] = 0.9
    merit, banned = Sought("robots", Found(found, 0.9, 1.0), there=True).among(scores, set())
    assert merit.argmax() == 7
    assert 7 not in banned


def test_of_what_fits_alike_taste_decides() -> None:
    merit, _ = Sought("robots", found_of(0.9, 0.9, 0.9), there=True).among(np.array([0, 2, 1], dtype=np.float32), set())
    assert merit.argsort()[::-1].tolist() == [1, 2, 0]


def test_taste_that_tells_nothing_apart_is_no_trouble() -> None:
    merit, _ = Sought("robots", found_of(0.8, 0.9), there=True).among(np.zeros(2, dtype=np.float32), set())
    assert np.isfinite(merit).all()
    assert merit.argmax() == 1


def test_what_does_not_fit_is_not_shown_unless_something_else_was_wished_for() -> None:
    found = Found(np.r_[np.full(15, 0.9), np.full(5, 0.1)].astype(np.float32), 0.9, 1.0)
    taste = np.zeros(20, dtype=np.float32)
    _, alone = Sought("robots", found, there=True).among(taste, {3})
    assert alone == {3, 15, 16, 17, 18, 19}
    _, beside = Sought("robots", found, there=True, alone=False).among(taste, {3})
    assert beside == {3}


def test_what_is_not_shown_sets_no_measure() -> None:
    """A film that was seen fits best: what fits nearly as well as the next one still fits."""
    found = Found(np.r_[[0.99], np.full(14, 0.6), [0.1]].astype(np.float32), 0.9, 1.0)
    _, banned = Sought("robots", found, there=True).among(np.zeros(16, dtype=np.float32), {0})
    assert banned == {0, 15}


def test_a_story_of_which_nothing_is_told_here_is_not_there(seeker: Seeker) -> None:
    sought = seeker.seek(("robots dance while thieves loop around weddings of divers and a wreck",), alone=True)
    assert sought is not None
    assert sought.weight == MEANT
    assert not sought.there


@pytest.mark.parametrize(("scores", "weight", "there", "column"), [
    ([0.5, 0.9, 0.87], MEANT, True, 1),
    ([0.5, 0.9, 0.89], MEANT, True, None),
    ([0.5, 0.9, 0.87], WEIGHT, True, None),
    ([0.5, 0.9, 0.87], MEANT, False, None),
])  # fmt: skip
def test_a_story_is_of_one_item_if_that_is_well_ahead(
    scores: list[float], weight: float, there: bool, column: int | None
) -> None:
    found = Found(np.array(scores, dtype=np.float32), 0.8, 0.5)
    assert Sought("a robot", found, there, weight=weight).recalled() == column


def test_what_is_surely_a_story_of_one_item_is_searched_whatever_it_was_taken_for(seeker: Seeker) -> None:
    story = "two guests keep running into each other at weddings, one marriage after another, year after year"
    taken = heard(acts=(Act.CHAT,), named=(Named(None, 0, 4, Role.LIKED),))
    again = seeker.reconsidered(taken, story)
    assert again.sought == (story,)
    assert again.acts == {Act.REQUEST}
    assert not again.named
    for other in (
        replace(taken, frame=replace(taken.frame, acts=frozenset({Act.TROUBLE}))),
        replace(taken, named=(Named("5", 0, 4, Role.LIKED),)),
        replace(taken, named=(Named("1", 0, 4, Role.ASKED, pointed=True),)),
    ):
        assert seeker.reconsidered(other, story) == other
    assert seeker.reconsidered(taken, story, called={"5"}) == taken  # its name stands in the text


def test_an_item_is_recalled_by_words_that_tell_of_it_far_better_than_of_all_others(
    search: Search, by_words: Search
) -> None:
    assert search.recalled("a woman lives the same day over and over") == "4"
    assert search.recalled("a robot learns to love") is None  # the android does nearly as well
    assert search.recalled("deep water") is None  # by its words alone
    assert by_words.recalled("a woman lives the same day over and over") is None
