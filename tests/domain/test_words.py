"""Which words say little by themselves."""

import pytest

from domain.words import is_common


@pytest.mark.parametrize(
    ("word", "language", "common"),
    [("pas", "fr", True), ("parfait", "fr", True), ("perfecto", "es", True), ("kirikou", "fr", False),
     ("heat", "en", False), ("the", "en", True), ("the", "xx", True)],
)  # fmt: skip
def test_a_word_that_everybody_uses_all_the_time_is_common(word, language, common):
    assert is_common(word, language) == common
