"""What Discord refuses although its OpenAPI document allows it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[str | int, ...]

COMPONENTS_V2 = 1 << 15
"""The flag of a message that is made of components alone."""
CONTENT, EMBEDS, ROWS = 2000, 6000, 5
COMPONENTS, COMPONENT_TEXT = 40, 4000
"""In one message of Components V2, nested ones included."""
COMMANDS = {1: 100, 2: 15, 3: 15}
"""Global commands by their type: slash commands, user menus, message menus."""
COMMAND_TEXT = 8000
"""Characters in names, descriptions and values of a slash command, counted in its longest language."""

EMPTY = "EMPTY_MESSAGE"
"""The code of a message with nothing in it, which Discord has an answer of its own for."""

ROW, BUTTON, SELECTS, INPUT, TEXT = 1, 2, (3, 5, 6, 7, 8), 4, 10
LINK, PREMIUM = 5, 6
"""Styles of buttons that have no custom_id."""
SUBCOMMAND, GROUP = 1, 2
_EMBED_TEXTS = (("title",), ("description",), ("footer", "text"), ("author", "name"))
_NAME_CATEGORIES = ("L", "N")
_NAME_SCRIPTS = ("DEVANAGARI", "THAI")


@dataclass(frozen=True)
class Problem:
    """Something in a request's body that Discord would refuse, and where."""

    place: Place
    code: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.place)) or 'body'}: {self.code}: {self.message}"


def problems(method: str, template: str, body: Any, files: int = 0, flags: int = 0) -> list[Problem]:
    """What is refused in the body of an operation, beyond what the document says.

    Args:
        method: in lower case.
        template: of the document's path.
        body: JSON of the form that the document wants.
        files: how many files come with it.
        flags: of the message that is changed, which stay.
    """
    if template.endswith("/commands") and method == "put":
        return list(_of_commands(body or []))
    if template.endswith("/callback"):
        return list(_of_callback(body, files, flags))
    if "messages" in template or template.startswith("/webhooks/"):
        return list(_of_message(body, files, flags, is_new=method == "post"))
    return []


def _of_callback(body: Json, files: int, flags: int) -> Iterator[Problem]:
    data = body.get("data") or {}
    if body["type"] in (4, 7):
        yield from _under("data", _of_message(data, files, flags, is_new=body["type"] == 4))
    elif body["type"] == 9:
        yield from _under("data", _of_components(data, is_modal=True))


def _of_message(body: Json, files: int, flags: int, *, is_new: bool) -> Iterator[Problem]:
    content, embeds = body.get("content") or "", _dicts(body, "embeds")
    if len(content) > CONTENT:
        yield Problem(("content",), "BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT} or fewer in length.")
    if sum(map(_embed_length, embeds)) > EMBEDS:
        yield Problem(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBEDS}")
    if is_new and not (content.strip() or embeds or files or body.get("components") or body.get("sticker_ids")):
        yield Problem((), EMPTY, "Cannot send an empty message")
    if ((body.get("flags") or 0) | flags) & COMPONENTS_V2:
        yield from _of_components_v2(body)
    else:
        yield from _of_rows(body)
    yield from _of_components(body)
    yield from _of_attachments(body, files)


def _of_components_v2(body: Json) -> Iterator[Problem]:
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(key):
            message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            yield Problem((key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    every = list(walk(body))
    if len(every) > COMPONENTS:
        yield Problem(("components",), "COMPONENT_MAX_TOTAL", f"{len(every)} components; at most {COMPONENTS}.")
    length = sum(len(one.get("content") or "") for _, one in every if one.get("type") == TEXT)
    if length > COMPONENT_TEXT:
        message = f"{length} characters in all; at most {COMPONENT_TEXT}."
        yield Problem(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _of_rows(body: Json) -> Iterator[Problem]:
    """Of a message without the flag: rows and nothing else."""
    top = _dicts(body, "components")
    if len(top) > ROWS:
        yield Problem(("components",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS} in length.")
    for n, component in enumerate(top):
        if component.get("type") != ROW:
            yield Problem(("components", n, "type"), "UNION_TYPE_CHOICES", "Needs MessageFlags.IS_COMPONENTS_V2.")


def _of_components(body: Json, *, is_modal: bool = False) -> Iterator[Problem]:
    every = list(walk(body))
    yield from _repeated(every, "custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED")
    yield from _repeated(every, "id", "COMPONENT_ID_DUPLICATED")
    for place, component in every:
        kind = component.get("type")
        if kind == ROW and not is_modal:
            yield from _of_row(place, component)
        elif kind == BUTTON:
            yield from _of_button(place, component)
        elif kind in SELECTS:
            yield from _of_select(place, component)
        elif kind == INPUT:
            least, most = component.get("min_length") or 0, component.get("max_length") or 4000
            if not least <= len(component.get("value") or "x" * least) <= most:
                yield Problem((*place, "value"), "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most}.")


def _of_row(place: Place, row: Json) -> Iterator[Problem]:
    inner = _dicts(row, "components")
    if len(inner) > 1 and any(component.get("type") in SELECTS for component in inner):
        yield Problem((*place, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select fills its row.")


def _of_button(place: Place, button: Json) -> Iterator[Problem]:
    style, custom_id = button.get("style"), button.get("custom_id")
    if style == LINK and (custom_id or not button.get("url")):
        yield Problem((*place, "url"), "BUTTON_COMPONENT_INVALID_URL", "A link has a url and no custom_id.")
    if style not in (LINK, PREMIUM) and (button.get("url") or not custom_id):
        yield Problem((*place, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required.")
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield Problem((*place, "label"), "BUTTON_COMPONENT_LABEL_REQUIRED", "A label or an emoji is required.")


def _of_select(place: Place, select: Json) -> Iterator[Problem]:
    options = _dicts(select, "options")
    values = [option.get("value") for option in options]
    if len(set(values)) < len(values):
        message = "The specified option value is already used"
        yield Problem((*place, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    least, most = select.get("min_values"), select.get("max_values") or 1
    least = 1 if least is None else least
    if least > most or (select.get("type") == 3 and most > len(options)):
        yield Problem((*place, "max_values"), "BASE_TYPE_BAD_LENGTH", f"{least} to {most} of {len(options)} options.")
    if sum(bool(option.get("default")) for option in options) > most:
        yield Problem((*place, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", f"At most {most} defaults.")


def _of_attachments(body: Json, files: int) -> Iterator[Problem]:
    new = [one for one in _dicts(body, "attachments") if str(one.get("id")).isdigit() and int(one["id"]) < 100]
    if len(new) > files:
        yield Problem(("attachments",), "ATTACHMENT_NOT_FOUND", f"{len(new)} attachments are named, {files} came.")


def _of_commands(commands: Sequence[Json]) -> Iterator[Problem]:
    kinds = Counter(command.get("type") or 1 for command in commands)
    for kind, most in COMMANDS.items():
        if kinds[kind] > most:
            yield Problem((), "APPLICATION_COMMAND_TOO_MANY", f"{kinds[kind]} commands of type {kind}; at most {most}.")
    named = Counter((command.get("type") or 1, command.get("name")) for command in commands)
    for (_, name), number in named.items():
        if number > 1:
            yield Problem((), "APPLICATION_COMMANDS_DUPLICATE_NAME", f"{name} is there {number} times.")
    for n, command in enumerate(commands):
        is_slash = (command.get("type") or 1) == 1
        yield from _under(n, _of_command(command) if is_slash else _of_menu(command))


def _of_menu(menu: Json) -> Iterator[Problem]:
    for key in ("description", "options"):
        if menu.get(key):
            yield Problem((key,), "APPLICATION_COMMAND_CONTEXT_MENU_FIELD", "A menu has a name and no more.")


def _of_command(command: Json) -> Iterator[Problem]:
    if not command.get("description"):
        yield Problem(("description",), "BASE_TYPE_REQUIRED", "This field is required")
    length = _command_length(command)
    if length > COMMAND_TEXT:
        yield Problem((), "APPLICATION_COMMAND_TOO_LARGE", f"{length} characters in all; at most {COMMAND_TEXT}.")
    yield from _of_named(command)


def _of_named(node: Json) -> Iterator[Problem]:
    """Of a command, or of an option of one, and of what is under it."""
    for place, name in _names(node):
        if not _is_name(name):
            yield Problem(place, "APPLICATION_COMMAND_INVALID_NAME", f"Command name is invalid: {name!r}")
    options = _dicts(node, "options")
    for place, names in _names_of_all(options).items():
        if len(set(names)) < len(names):
            yield Problem(("options",), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", f"{place}: {names}")
    required = [bool(option.get("required")) for option in options if option.get("type") not in (SUBCOMMAND, GROUP)]
    if sorted(required, reverse=True) != required:
        message = "Required options must be placed before non-required options"
        yield Problem(("options",), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in options]
    if any(nested) and not all(nested):
        yield Problem(("options",), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Commands and options are mixed.")
    for n, option in enumerate(options):
        yield from _under("options", _under(n, [*_of_named(option), *_of_choices(option)]))


def _of_choices(option: Json) -> Iterator[Problem]:
    choices = _dicts(option, "choices")
    if choices and option.get("autocomplete"):
        yield Problem(("autocomplete",), "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES", "Choices, or autocomplete.")
    for key in ("name", "value"):
        given = [choice.get(key) for choice in choices]
        if len(set(given)) < len(given):
            yield Problem(("choices",), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", f"{key}: {given}")
    for n, choice in enumerate(choices):
        if isinstance(choice.get("value"), str) and not 1 <= len(choice["value"]) <= 100:
            yield Problem(("choices", n, "value"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")


def walk(body: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, Json]]:
    """Every component under a message, modal or component, and where it stands."""
    for key in ("components", "accessory", "component"):
        inner = body.get(key)
        if isinstance(inner, dict):
            yield (*place, key), inner
            yield from walk(inner, (*place, key))
        for n, component in enumerate(inner if isinstance(inner, list) else ()):
            yield (*place, key, n), component
            yield from walk(component, (*place, key, n))


def _repeated(every: Iterable[tuple[Place, Json]], key: str, code: str) -> Iterator[Problem]:
    seen = set()
    for place, component in every:
        value = component.get(key)
        if value and value in seen:
            yield Problem((*place, key), code, f"{key} {value!r} is used already")
        seen.add(value)


def _embed_length(embed: Json) -> int:
    texts = [_within(embed, path) for path in _EMBED_TEXTS]
    texts += [field.get(key) for field in _dicts(embed, "fields") for key in ("name", "value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _within(node: Any, path: Iterable[str]) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _command_length(node: Json) -> int:
    lengths = [_longest(node, "name"), _longest(node, "description")]
    lengths += [len(str(choice.get("value"))) + _longest(choice, "name") for choice in _dicts(node, "choices")]
    return sum(lengths) + sum(map(_command_length, _dicts(node, "options")))


def _longest(node: Json, key: str) -> int:
    translated = (node.get(f"{key}_localizations") or {}).values()
    return max(len(text or "") for text in (node.get(key), *translated))


def _names(node: Json) -> Iterator[tuple[Place, str]]:
    yield ("name",), str(node.get("name"))
    for locale, name in (node.get("name_localizations") or {}).items():
        yield ("name_localizations", locale), str(name)


def _names_of_all(options: Sequence[Json]) -> dict[Place, list[str]]:
    """The names of options beside each other, in each language."""
    found: dict[Place, list[str]] = {}
    for option in options:
        for place, name in _names(option):
            found.setdefault(place, []).append(name)
    return found


def _is_name(name: str) -> bool:
    """Whether a slash command or an option may be called so: lower case where there is one, and no blanks."""
    return bool(name) and name == name.lower() and all(map(_is_of_name, name))


def _is_of_name(character: str) -> bool:
    of_script = unicodedata.name(character, "").startswith(_NAME_SCRIPTS)
    return character in "-_'" or unicodedata.category(character)[0] in _NAME_CATEGORIES or of_script


def _dicts(node: Mapping[str, Any], key: str) -> list[Json]:
    return [one for one in node.get(key) or () if one]


def _under(part: str | int, found: Iterable[Problem]) -> Iterator[Problem]:
    for problem in found:
        yield Problem((part, *problem.place), problem.code, problem.message)
