"""What a model is asked that was never trained on briefs."""

import pytest

from bot.checks import Parts, carried_out
from bot.instructions import LANGUAGES, ask, examples
from bot.texts import LANGUAGES as SPOKEN
from domain.prompt import Brief


def test_every_example_carries_out_its_brief():
    for brief, reply in examples():
        parts = Parts(len(brief.items))
        parts.add(reply)
        assert carried_out(brief, dict(parts.whole(ended=True)))


def test_the_examples_show_what_a_model_is_to_do():
    briefs = [brief for brief, _ in examples()]
    assert any(brief.asks and not brief.items for brief in briefs)
    assert len({brief.noun for brief in briefs}) > 1  # or it would speak of films to everybody


@pytest.mark.parametrize("language", SPOKEN)
def test_the_language_of_the_reply_is_named(language):
    system = ask(Brief("films", "hi", (("greet again", ""),), language=language))[0]
    assert f"in {LANGUAGES[language]}" in system["content"]
