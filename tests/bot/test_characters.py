"""Traditional Chinese characters are read as simplified ones."""

from hypothesis import given
from hypothesis import strategies as st

from bot.characters import simplified


@given(st.text())
def test_a_text_keeps_its_places(text):
    assert len(simplified(text)) == len(text)


def test_traditional_characters_are_simplified_and_others_stay():
    assert simplified("李小龍 in 葉問? ©") == "李小龙 in 叶问? ©"
