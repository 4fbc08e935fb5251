"""Names and descriptions of the commands as they are sent to Discord, against its limits, in every language."""

import re
from collections import Counter

import pytest

from bot.discord_app.locales import LANGUAGES, LOCALES
from bot.texts import LANGUAGES as SPOKEN

pytestmark = pytest.mark.simcord(shard_count=1)

LOCALIZED = {"zh-CN", "es-ES", "es-419", "de", "fr", "pt-BR"}
NAME = re.compile(r"[-_'\w]{1,32}")
CHAT_INPUT, SUB_COMMANDS = 1, (1, 2)


@pytest.fixture
def sent(simcord_env):
    return next(r.json for r in simcord_env.http_requests if r.method == "PUT" and r.path.endswith("/commands"))


def walk(parts):
    """Commands, their subcommands and options, each with the command that it belongs to."""
    for part in parts:
        yield part
        yield from walk(part.get("options", ()))


def named(part, locale):
    return part["name_localizations"][locale] if locale else part["name"]


def test_every_language_that_is_spoken_has_a_client_of_discord():
    assert set(LOCALES) == set(SPOKEN)
    assert {str(locale) for locale in LANGUAGES} - {"en-US", "en-GB"} == LOCALIZED


def test_everything_is_named_and_described_in_every_language(sent):
    for part in walk(sent):
        assert set(part["name_localizations"]) == LOCALIZED, part["name"]
        if part.get("type", CHAT_INPUT) == CHAT_INPUT or "description" in part:
            assert not part["description"] or set(part["description_localizations"]) == LOCALIZED, part["name"]


@pytest.mark.parametrize("locale", [None, *sorted(LOCALIZED)])
def test_names_and_descriptions_are_within_discords_limits(sent, locale):
    for part in walk(sent):
        name = named(part, locale)
        if part in sent and part.get("type") in (2, 3):  # of context menus, anything may be the name
            assert 1 <= len(name) <= 32
            continue
        assert NAME.fullmatch(name), name
        assert name == name.lower()
        described = part["description_localizations"][locale] if locale else part["description"]
        assert 1 <= len(described) <= 100, described


@pytest.mark.parametrize("locale", [None, *sorted(LOCALIZED)])
def test_nothing_bears_the_name_of_something_beside_it(sent, locale):
    for beside in [sent, *(part["options"] for part in walk(sent) if part.get("options"))]:
        names = Counter(named(part, locale) for part in beside)
        assert max(names.values()) == 1, names


def test_choices_are_within_discords_limits_and_told_in_every_language(sent):
    for choices in [part["choices"] for part in walk(sent) if part.get("choices")]:
        assert len(choices) <= 25
        for choice in choices:
            said = [choice["name"], *(choice.get("name_localizations") or {}).values()]
            assert all(1 <= len(one) <= 100 for one in said)


@pytest.mark.parametrize("locale", [None, *sorted(LOCALIZED)])
def test_a_whole_command_is_within_8000_characters(sent, locale):
    for command in sent:
        parts = [command, *walk(command.get("options", ()))]
        texts = [named(part, locale) + part.get("description", "") for part in parts]
        texts += [choice["name"] + str(choice["value"]) for part in parts for choice in part.get("choices", ())]
        assert sum(map(len, texts)) <= 8000


async def test_a_person_of_another_language_reads_english(sent):
    assert all("ja" not in part["name_localizations"] for part in walk(sent))
