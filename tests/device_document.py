"""The JSON Schema of the device document, for tests that hold documents against it."""

from __future__ import annotations

import functools
import json
import pathlib
import typing as t

import jsonschema

DOCS = pathlib.Path(__file__).parents[1] / "docs"


@functools.cache
def schema() -> dict[str, t.Any]:
    loaded: dict[str, t.Any] = json.loads((DOCS / "device-document.schema.json").read_text(encoding="utf-8"))
    return loaded


@functools.cache
def _validator() -> t.Any:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def problems(document: t.Any) -> list[str]:
    """What the schema has against a document: the place of each problem and what is wrong there."""
    return [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(document)]
