"""Which of the things that were shown words point at, in six languages."""

import pytest

from bot.pointers import pointed

SHOWN = ("a", "b", "c")


def nobody(words: str, slate: object) -> None:
    """Nothing is described by any words."""


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("en", "the first one", "a"), ("en", "2nd", "b"), ("en", "number 3", "c"), ("en", "#2", "b"),
        ("en", "option 1", "a"), ("en", "the last one", "c"), ("en", "the latter", "c"), ("en", "the middle one", "b"),
        ("en", "the first two", "ab"), ("en", "the last two", "bc"), ("en", "all three", "abc"), ("en", "both", "abc"),
        ("en", "first and third", "ac"), ("en", "all but the last", "ab"), ("en", "everything except the second", "ac"),
        ("en", "none of them", "abc"), ("en", "these", "abc"), ("en", "SECOND!!", "b"),
        ("es", "la primera", "a"), ("es", "la segunda", "b"), ("es", "el último", "c"), ("es", "todas", "abc"),
        ("es", "todas menos la primera", "bc"), ("es", "la del medio", "b"), ("es", "ninguna", "abc"),
        ("de", "der erste", "a"), ("de", "den zweiten", "b"), ("de", "den letzten", "c"), ("de", "alle", "abc"),
        ("de", "alle außer dem ersten", "bc"), ("de", "der mittlere", "b"), ("de", "keiner", "abc"),
        ("fr", "le premier", "a"), ("fr", "la deuxième", "b"), ("fr", "le dernier", "c"), ("fr", "tous", "abc"),
        ("fr", "tous sauf le premier", "bc"), ("fr", "celui du milieu", "b"), ("fr", "aucun", "abc"),
        ("pt", "o primeiro", "a"), ("pt", "a segunda", "b"), ("pt", "o último", "c"), ("pt", "todos", "abc"),
        ("pt", "todos menos o primeiro", "bc"), ("pt", "o do meio", "b"), ("pt", "nenhum", "abc"),
        ("zh", "第一部", "a"), ("zh", "第2部", "b"), ("zh", "第三个", "c"), ("zh", "最后一部", "c"),
        ("zh", "这些", "abc"), ("zh", "除了第一部", "bc"), ("zh", "中间那部", "b"), ("zh", "两部都", "ab"),
    ],
)  # fmt: skip
def test_words_point_at_what_was_shown(language: str, words: str, expected: str) -> None:
    assert pointed(words, language, SHOWN, None, nobody) == (tuple(expected), True)


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("es", "las dos primeras", "ab"), ("es", "las dos últimas", "bc"), ("de", "die ersten zwei", "ab"),
        ("de", "die ersten beiden", "ab"), ("de", "die letzten zwei", "bc"), ("fr", "les deux premiers", "ab"),
        ("fr", "les deux derniers", "bc"), ("pt", "os dois primeiros", "ab"), ("pt", "os dois últimos", "bc"),
        ("zh", "前两部", "ab"), ("zh", "最后两部", "bc"),
    ],
)  # fmt: skip
def test_two_of_three_are_two_in_any_language(language: str, words: str, expected: str) -> None:
    assert pointed(words, language, SHOWN, None, nobody) == (tuple(expected), True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the other ones"), ("en", "the rest"), ("en", "the others"), ("es", "las otras"), ("de", "die anderen"),
        ("fr", "les autres"), ("fr", "l'autre"), ("pt", "os outros"), ("zh", "其他的"),
    ],
)  # fmt: skip
def test_the_others_are_those_that_were_not_spoken_of(language: str, words: str) -> None:
    assert pointed(words, language, SHOWN, "b", nobody) == (("a", "c"), True)
    assert pointed(words, language, SHOWN, None, nobody) == (("b", "c"), True)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "it"), ("en", "that one"), ("es", "esa"), ("de", "der"), ("fr", "celui-là"), ("pt", "esse"), ("zh", "它")],
)
def test_it_is_what_was_spoken_of_last_or_may_be_any(language: str, words: str) -> None:
    assert pointed(words, language, SHOWN, "b", nobody) == (("b",), True)
    assert pointed(words, language, ("a",), None, nobody) == (("a",), True)
    assert pointed(words, language, SHOWN, None, nobody) == (SHOWN, False)


def test_where_nothing_was_shown_only_what_was_spoken_of_can_be_meant() -> None:
    assert pointed("the second", "en", (), "z", nobody) == (("z",), True)
    assert pointed("it", "en", (), None, nobody) == ((), True)


def test_a_description_points_at_what_it_fits_best() -> None:
    def fits(words: str, slate: object) -> str:
        return {"the one with the shark": "c"}[words]

    assert pointed("the one with the shark", "en", SHOWN, "a", fits) == (("c",), True)
    assert pointed("the one with the dog", "en", SHOWN, "a", nobody) == (("a",), True)
    assert pointed("the one with the dog", "en", SHOWN, None, nobody) == (SHOWN, False)


def test_an_ordinal_is_stronger_than_a_description() -> None:
    assert pointed("the second one with the shark", "en", SHOWN, None, lambda *_: "c") == (("b",), True)


@pytest.mark.parametrize("words", ["the fourth", "number 10", "0"])
def test_what_was_not_shown_is_not_pointed_at(words: str) -> None:
    assert pointed(words, "en", SHOWN, None, nobody) == (SHOWN, False)


@pytest.mark.parametrize(
    ("words", "slate", "expected"),
    [
        ("the last two", "a", "a"),
        ("the last three", "ab", "ab"),
        ("the first two", "a", "a"),
        ("all three", "ab", "ab"),
    ],
)
def test_more_than_were_shown_are_all_that_were_once(words: str, slate: str, expected: str) -> None:
    assert pointed(words, "en", tuple(slate), None, nobody) == (tuple(expected), True)


def test_letters_within_a_word_are_no_small_word_in_chinese_either() -> None:
    assert pointed("Fallout那部", "zh", SHOWN, "b", nobody) == (("b",), True)


@pytest.mark.parametrize("language", ["en", "es", "de", "fr", "pt", "zh", "xx"])
@pytest.mark.parametrize("words", ["", " ", "😀", "?", "9" * 4_000, "九" * 4_000, "z̸a̶l̷g̸o̷" * 300, "\0"])
def test_odd_words_point_at_nothing_in_particular(language: str, words: str) -> None:
    assert pointed(words, language, SHOWN, None, nobody) == (SHOWN, False)
