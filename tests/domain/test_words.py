"""Which words say little by themselves."""

import pytest

from domain.words import is_common, leans_to


@pytest.mark.parametrize(
    ("word", "language", "common"),
    [("pas", "fr", True), ("parfait", "fr", True), ("perfecto", "es", True), ("kirikou", "fr", False),
     ("heat", "en", False), ("the", "en", True), ("the", "xx", True)],
)  # fmt: skip
def test_a_word_that_everybody_uses_all_the_time_is_common(word, language, common):
    assert is_common(word, language) == common


@pytest.mark.parametrize(
    ("text", "language", "leans"),
    [
        ("un truc comme a star is born mais plus jeune et pas trop long", "fr", True),
        ("algo como the conjuring pero que de miedo", "es", True),
        ("something like amelie but newer", "fr", False),
        ("forman", "de", False),
    ],
)
def test_words_lean_to_the_language_that_most_of_them_tell(text, language, leans):
    assert leans_to(text.split(), language) is leans
