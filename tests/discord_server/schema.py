"""Discord's own OpenAPI document as a check of what a bot sends.

The document (openapi.json.xz) is that of github.com/discord/discord-api-spec at commit 74fda0f, under the MIT licence
in openapi.LICENSE. What it does not know stands in `limits`.
"""

from __future__ import annotations

import functools
import json
import lzma
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.discord_server import limits
from tests.discord_server.limits import Problem

Json: TypeAlias = dict[str, Any]

DOCUMENT = Path(__file__).with_name("openapi.json.xz")
_URN = "urn:discord"
_BY_TYPE = "x-branch-by-type"


@dataclass(frozen=True)
class Operation:
    """A method of a route of the document."""

    method: str
    template: str

    @property
    def pointer(self) -> str:
        """Where the document holds its body, as a reference of JSON Schema."""
        escaped = self.template.replace("~", "~0").replace("/", "~1")
        return f"{_URN}#/paths/{escaped}/{self.method}/requestBody/content/application~1json/schema"


class Schema:
    """The document, with its validators compiled when they are used first."""

    def __init__(self, document: Json) -> None:
        _amend(document["components"]["schemas"])
        self._paths: Json = document["paths"]
        self._registry: Registry[Any] = Registry().with_resource(_URN, DRAFT202012.create_resource(document))
        self._routes = [(_pattern(template), template) for template in self._paths]
        self._validators: dict[Operation, Draft202012Validator | None] = {}

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that a request is for; None if the document has none.

        Args:
            method: such as POST.
            path: below `/api/v10`, without a query.
        """
        fitting = [template for pattern, template in self._routes if pattern.fullmatch(path)]
        named = sorted(fitting, key=lambda template: template.count("{"))
        return next((Operation(method.lower(), t) for t in named if method.lower() in self._paths[t]), None)

    def problems(self, method: str, path: str, body: Any, files: int = 0, flags: int = 0) -> list[Problem]:
        """What Discord would refuse in a request's body; nothing if the document has no such operation.

        Args:
            method: such as POST.
            path: below `/api/v10`, without a query.
            body: the JSON, of a request with files its `payload_json`; None for no body.
            files: how many files come with it.
            flags: of the message that is changed, which keeps them though the body does not name them.
        """
        operation = self.operation(method, path)
        if operation is None or body is None:
            return []
        against = list(self._against_document(operation, body))
        return against or limits.problems(operation.method, operation.template, body, files, flags)

    def _against_document(self, operation: Operation, body: Any) -> Iterator[Problem]:
        if operation not in self._validators:
            self._validators[operation] = self._compile(operation)
        validator = self._validators[operation]
        for error in validator.iter_errors(body) if validator else ():
            deepest = _deepest(error)
            code = f"SCHEMA_{str(deepest.validator).upper()}"
            yield Problem(tuple(deepest.absolute_path), code, deepest.message[:300])

    def _compile(self, operation: Operation) -> Draft202012Validator | None:
        body = self._paths[operation.template][operation.method].get("requestBody", {})
        if "application/json" not in body.get("content", {}):
            return None
        return _Validator({"$ref": operation.pointer}, registry=self._registry)


@functools.cache
def schema() -> Schema:
    """Discord's document, read once in a process."""
    document = json.loads(lzma.decompress(DOCUMENT.read_bytes()))
    return Schema(_simplified(document, document["components"]["schemas"]))


def as_discord_says(problems: Iterable[Problem]) -> Json:
    """The body of the answer 400 to a request with such problems."""
    errors: Json = {}
    for problem in problems:
        place = errors
        for part in problem.place:
            place = place.setdefault(str(part), {})
        place.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    if "_errors" in errors and errors["_errors"][0]["code"] == limits.EMPTY:
        return {"message": "Cannot send an empty message", "code": 50006}
    return {"message": "Invalid Form Body", "code": 50035, "errors": errors}


def _amend(schemas: Json) -> None:
    """Let in what Discord takes, and discord.py sends, though the document leaves it out."""
    schemas["SnowflakeType"] = {"type": ["string", "integer"]}
    schemas["ChannelTypes"]["enum"].append(16)  # channels of media


def _pattern(template: str) -> re.Pattern[str]:
    """Matches the paths of a template of the document; its ids are numbers or names such as @me."""
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template)))


def _simplified(node: Any, schemas: Json) -> Any:
    """The document with oneOf as anyOf, since several branches may hold, and what makes unions quick to check."""
    if isinstance(node, list):
        return [_simplified(value, schemas) for value in node]
    if not isinstance(node, dict):
        return node
    plain = {"anyOf" if key == "oneOf" else key: _simplified(value, schemas) for key, value in node.items()}
    branches = plain.get("anyOf")
    if isinstance(branches, list) and all("const" in branch for branch in branches):
        del plain["anyOf"]
        return plain | {"enum": [branch["const"] for branch in branches]}
    return plain | {_BY_TYPE: _by_type(branches, schemas)} if isinstance(branches, list) else plain


def _by_type(branches: list[Json], schemas: Json) -> dict[int, int]:
    """Of a union of things that bear their `type`, which branch is meant by which; nothing for another union."""
    found: dict[int, int] = {}
    for at, branch in enumerate(branches):
        name = branch.get("$ref", "").rpartition("/")[2]
        kinds = schemas.get(name, {}).get("properties", {}).get("type", {}).get("enum", [])
        if not kinds or found.keys() & kinds:
            return {}
        found |= dict.fromkeys(kinds, at)
    return found


def _any_of(validator: Any, branches: list[Json], instance: Any, node: Json) -> Iterator[ValidationError]:
    """Check the branch that is meant, where the `type` of what is there tells, or else try each."""
    kind = instance.get("type") if isinstance(instance, dict) else None
    at = node.get(_BY_TYPE, {}).get(kind) if isinstance(kind, int) else None
    if at is None:
        yield from Draft202012Validator.VALIDATORS["anyOf"](validator, branches, instance, node)
    else:
        yield from validator.descend(instance, branches[at], schema_path=at)


_Validator = validators.extend(Draft202012Validator, {"anyOf": _any_of})


def _deepest(error: ValidationError) -> ValidationError:
    """Of a union, what is wrong in the branch that was meant: of its `type`, or else the one followed furthest."""
    while error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        meant = [errors for errors in branches.values() if not any(map(_is_about_type, errors))]
        candidates = [inner for errors in meant or branches.values() for inner in errors]
        error = max(candidates, key=lambda inner: len(inner.absolute_path))
    return error


def _is_about_type(error: ValidationError) -> bool:
    """Whether it says that this is another kind of thing, so that it means nothing what else is wrong with it."""
    of_kind = error.validator in ("enum", "allOf") and list(error.path)[-1:] == ["type"]
    return of_kind or (error.validator == "type" and error.validator_value == "null")
