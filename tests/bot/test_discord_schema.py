"""What the local Discord refuses: by Discord's own document, and by the limits that it does not know."""

from __future__ import annotations

import pytest

from tests.discord_server.limits import COMPONENTS_V2
from tests.discord_server.schema import as_discord_says, schema

CHANNEL = "/channels/1/messages"
CALLBACK = "/interactions/1/token/callback"
COMMANDS = "/applications/1/commands"


def text(content="words"):
    return {"type": 10, "content": content}


def button(custom_id="a", **more):
    return {"type": 2, "style": 2, "label": "Press", "custom_id": custom_id, **more}


def row(*components):
    return {"type": 1, "components": list(components)}


SECTION = {"type": 9, "components": [text()], "accessory": button()}
CHOICES = [{"name": f"{n:0100}", "value": f"{n:0100}"} for n in range(25)]


def v2(*components, **more):
    return {"flags": COMPONENTS_V2, "components": list(components), **more}


def option(name="wish", kind=3, **more):
    return {"type": kind, "name": name, "description": "What you wish for", **more}


def command(name="recommend", *options, **more):
    return {"type": 1, "name": name, "description": "Something to watch", "options": list(options), **more}


def problems(path, body, method="POST", files=0):
    return [str(problem) for problem in schema().problems(method, path, body, files)]


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000},
        {"content": "An answer.", "message_reference": {"message_id": 12, "channel_id": 13}},
        {"content": None, "components": [row(button("a"), button("b"))]},
        v2({"type": 17, "components": [text(), {"type": 14}, SECTION]}),
        v2(*[row(*[button(f"{r}{b}") for b in range(5)]) for r in range(6)], text("x" * 4000)),
        {"embeds": [{"description": "x" * 4000}, {"title": "x" * 200}]},
    ],
)  # fmt: skip
def test_a_message_within_every_limit_is_taken(body):
    assert problems(CHANNEL, body) == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"content": "x" * 2001}, "content: BASE_TYPE_MAX_LENGTH"),
        ({"content": 5}, "content: SCHEMA_TYPE"),
        ({"content": " "}, "body: EMPTY_MESSAGE"),
        ({"content": "x", "components": [text()]}, "components.0.type: UNION_TYPE_CHOICES"),
        ({"content": "x", "components": [row(button(str(n))) for n in range(6)]}, "components: BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "components": [row(button("a"), button("a"))]}, "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ({"content": "x", "components": [row(button(label="x" * 81))]}, "components.0.components.0.label: SCHEMA_MAX"),
        ({"content": "x", "components": [row(button("x" * 101))]}, "components.0.components.0.custom_id: SCHEMA_MAX"),
        ({"content": "x", "components": [row(button(style=5))]}, "BUTTON_COMPONENT_INVALID_URL"),
        ({"content": "x", "components": [row({"type": 2, "style": 1, "custom_id": "a"})]}, "LABEL_REQUIRED"),
        ({"content": "x", "components": [row()]}, "components.0.components: SCHEMA_MINITEMS"),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, "embeds: MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description: SCHEMA_MAXLENGTH"),
        (v2(text(), content="x"), "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        (v2(text("x" * 2001), {"type": 17, "components": [text("x" * 2000)]}), "TEXT_SIZE_EXCEEDED"),
        (v2(*[row(*[button(f"{r}{b}") for b in range(5)]) for r in range(6)], *[text()] * 5), "COMPONENT_MAX_TOTAL"),
        (v2({"type": 17, "components": [text("")]}), "components.0.components.0.content: SCHEMA_MINLENGTH"),
        (v2({"type": 17, "components": [{"type": 9, "components": [text()]}]}), "SCHEMA_REQUIRED"),
        (v2(), "body: EMPTY_MESSAGE"),
    ],
)  # fmt: skip
def test_a_message_beyond_a_limit_is_refused_with_its_place(body, where):
    found = problems(CHANNEL, body)
    assert any(where in problem for problem in found), found


def select(*values, **more):
    options = [{"label": value, "value": value} for value in values]
    return row({"type": 3, "custom_id": "a", "options": options, **more})


@pytest.mark.parametrize(
    ("component", "where"),
    [
        (select("a", "a"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"),
        (select("a", "b", max_values=3), "max_values: BASE_TYPE_BAD_LENGTH"),
        (select(*map(str, range(26))), "components.0.components.0.options: SCHEMA_MAXITEMS"),
        (row(select("a")["components"][0], button("b")), "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    ],
)
def test_a_select_beyond_a_limit_is_refused(component, where):
    assert problems(CHANNEL, {"content": "x", "components": [select("a", "b")]}) == []
    assert any(where in problem for problem in problems(CHANNEL, {"content": "x", "components": [component]}))


def test_answers_to_interactions_are_checked_by_their_kind():
    choices = [{"name": str(n), "value": "x" * 100} for n in range(25)]
    assert problems(CALLBACK, {"type": 8, "data": {"choices": choices}}) == []
    assert problems(CALLBACK, {"type": 8, "data": {"choices": [*choices, choices[0]]}})
    assert problems(CALLBACK, {"type": 8, "data": {"choices": [{"name": "x" * 101, "value": "x"}]}})
    modal = {"type": 9, "data": {"custom_id": "a", "title": "Ask", "components": [row(_input())]}}
    assert problems(CALLBACK, modal) == []
    assert (
        "data.title: SCHEMA_MAXLENGTH" in problems(CALLBACK, {**modal, "data": modal["data"] | {"title": "x" * 46}})[0]
    )
    assert problems(CALLBACK, {"type": 5, "data": {"flags": 64}}) == []
    assert "data.content" in problems(CALLBACK, {"type": 4, "data": {"content": "x" * 2001}})[0]
    assert "data: EMPTY_MESSAGE" in problems(CALLBACK, {"type": 4, "data": {"flags": 64}})[0]
    assert problems(CALLBACK, {"type": 99})


def _input():
    return {"type": 4, "custom_id": "b", "style": 1, "label": "Wish"}


@pytest.mark.parametrize(
    ("commands", "where"),
    [
        ([command("Recommend")], "0.name: APPLICATION_COMMAND_INVALID_NAME"),
        ([command("two words")], "0.name: APPLICATION_COMMAND_INVALID_NAME"),
        ([command("a", name_localizations={"fr": "À voir"})], "0.name_localizations.fr: "),
        ([command("a"), command("a")], "APPLICATION_COMMANDS_DUPLICATE_NAME"),
        ([command("a", option(), option(kind=4))], "NAME_ALREADY_EXISTS"),
        ([command("a", option("b"), option("c", required=True))], "REQUIRED_INVALID"),
        ([command("a", option(choices=[{"name": "x", "value": "x" * 101}]))], "choices.0.value: BASE_TYPE_BAD_LENGTH"),
        ([command("a", option(description="x" * 101))], "0.options.0.description: SCHEMA_MAXLENGTH"),
        ([{"name": "a", "type": 1}], "0.description: BASE_TYPE_REQUIRED"),
        ([{"name": "More like this", "type": 3, "description": "x"}], "CONTEXT_MENU_FIELD"),
        ([{"name": str(n), "type": 3} for n in range(16)], "APPLICATION_COMMAND_TOO_MANY"),
        ([command("a", *[option(f"o{n}", description="x" * 90, choices=CHOICES) for n in range(2)])], "TOO_LARGE"),
        ([command("a", option("b", 1), option("c"))], "TYPE_INVALID"),
    ],
)
def test_commands_beyond_a_limit_are_refused(commands, where):
    found = problems(COMMANDS, commands, "PUT")
    assert any(where in problem for problem in found), found


def test_commands_within_the_limits_are_taken_in_every_script():
    shown = command("a", name_localizations={"zh-CN": "推荐", "hi": "सुझाव", "th": "แนะนำ"})
    assert problems(COMMANDS, [shown, {"name": "More like this", "type": 3}], "PUT") == []


def test_a_file_that_is_named_has_to_come():
    body = {"content": "x", "attachments": [{"id": 0, "filename": "parley.txt"}]}
    assert problems(CHANNEL, body, files=1) == []
    assert "ATTACHMENT_NOT_FOUND" in problems(CHANNEL, body)[0]


def test_the_most_exact_route_is_the_one_that_counts():
    assert schema().operation("PATCH", "/webhooks/1/token/messages/@original").template.endswith("@original")
    assert schema().operation("GET", "/users/@me").template == "/users/@me"
    assert schema().operation("POST", "/nowhere") is None
    assert problems("/webhooks/1/token/messages/@original", {"content": "x" * 2001}, "PATCH")


def test_an_answer_nests_the_problems_as_discord_does():
    body = {"content": "x" * 2001, "components": [row(button("a"), button("a"))]}
    answer = as_discord_says(schema().problems("POST", CHANNEL, body))
    assert answer["code"] == 50035
    assert answer["errors"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"
    assert answer["errors"]["components"]["0"]["components"]["1"]["custom_id"]["_errors"]
