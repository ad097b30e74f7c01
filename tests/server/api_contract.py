"""Compares answers with docs/openapi.json: what JSON Schema words that document uses, and no more."""

import json
import pathlib
import re

DOCUMENT = json.loads((pathlib.Path(__file__).resolve().parents[2] / "docs" / "openapi.json").read_text())

KINDS = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "null": lambda value: value is None,
}


def mistakes(value, schema, place="answer"):
    """Yields what is wrong with `value`."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(KINDS[kind](value) for kind in kinds):
        yield f"{place}: {value!r} is no {' or '.join(kinds)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place}: {name} is missing"
        for name, member in value.items():
            if name in known:
                yield from mistakes(member, known[name], f"{place}.{name}")
            elif known:
                yield f"{place}: {name} is not described"
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            yield from mistakes(item, schema["items"], f"{place}[{i}]")


def operation_of(method, path):
    """Returns the described operation for a request, or None. A literal segment goes before a parameter, where it takes the method."""
    path = path.split("?")[0]
    for pattern in sorted(DOCUMENT["paths"], key=lambda each: each.count("{")):
        matches = re.fullmatch(re.sub(r"\\{[a-z]+\\}", "[^/]+", re.escape(pattern)), path)
        if matches and method.lower() in DOCUMENT["paths"][pattern]:
            return DOCUMENT["paths"][pattern][method.lower()]
    return None


def check(method, path, answer):
    """Returns what is wrong with an answer; an empty list for one that is as described."""
    operation = operation_of(method, path)
    if operation is None:
        return [] if answer.status in (404, 405) else [f"{method} {path} is not described"]
    # Any request may be refused by these before its operation is looked at.
    described = operation["responses"].get(str(answer.status))
    if described is None:
        return [f"{method} {path}: {answer.status} is not described"]
    schema = described.get("content", {}).get("application/json", {}).get("schema")
    return list(mistakes(answer.json, schema)) if schema and answer.raw else []
