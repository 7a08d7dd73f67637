"""YAML data into dataclasses, strictly: unknown keys and wrong types are refused with their place and what would be right."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import types
import typing as t

T = t.TypeVar("T")


class SchemaError(Exception):
    """Something in the data does not fit; the message names the place and what to do."""


def build(kind: type[T], data: t.Any, place: str, defaults: t.Mapping[str, t.Any] | None = None) -> T:
    """Build a dataclass from a mapping.

    Args:
        kind: the dataclass; its fields are the keys that are allowed.
        data: what the YAML file holds there; None counts as empty.
        place: where that is, for messages (`devices.lab-1.winre`).
        defaults: values for fields the data leaves out, where the field's own default does not do.

    Raises:
        SchemaError: an unknown or missing key, or a value of the wrong type.
    """
    fields = {field.name: field for field in dataclasses.fields(t.cast(t.Any, kind)) if field.init}
    entries = _mapping({} if data is None else data, place)
    for key in entries:
        if key not in fields:
            raise SchemaError(f"{place}: unknown key {key!r}. {_suggest(str(key), fields)}")
    hints = t.get_type_hints(kind)
    values = {**(defaults or {}), **{str(key): value(hints[str(key)], entry, f"{place}.{key}") for key, entry in entries.items()}}
    missing = [name for name, field in fields.items() if name not in values and _required(field)]
    if missing:
        raise SchemaError(f"{place}: {missing[0]!r} is missing; add it.")
    try:
        return kind(**values)
    except ValueError as error:
        raise SchemaError(f"{place}: {error}") from None


def value(hint: t.Any, data: t.Any, place: str) -> t.Any:
    """Check one value against a type hint: dataclasses, str, int, bool, datetime, Literal, unions with None, tuples and mappings."""
    origin, arguments = t.get_origin(hint), t.get_args(hint)
    if origin in (t.Union, types.UnionType):
        return _union(arguments, data, place)
    if origin is t.Literal:
        return _literal(arguments, data, place)
    if origin is tuple:
        return tuple(value(arguments[0], item, f"{place}[{index}]") for index, item in enumerate(_list(data, place)))
    if origin in (dict, t.get_origin(t.Mapping[str, int])):
        return {str(key): value(arguments[1], item, f"{place}.{key}") for key, item in _mapping(data, place).items()}
    if dataclasses.is_dataclass(hint):
        return build(t.cast("type[t.Any]", hint), data, place)
    return _scalar(hint, data, place)


def _scalar(hint: t.Any, data: t.Any, place: str) -> t.Any:
    if hint is datetime.datetime and isinstance(data, datetime.datetime):
        return data if data.tzinfo else data.replace(tzinfo=datetime.UTC)
    if isinstance(data, hint) and not (hint is int and isinstance(data, bool)):
        return data
    hint_text = " Quote it to make it text." if hint is str and isinstance(data, (int, float, bool)) else ""
    raise SchemaError(f"{place}: expected {_NAMES.get(hint, hint.__name__)}, found {data!r}.{hint_text}")


def _union(arguments: tuple[t.Any, ...], data: t.Any, place: str) -> t.Any:
    if data is None and types.NoneType in arguments:
        return None
    options = [option for option in arguments if option is not types.NoneType]
    for option in options[:-1]:
        try:
            return value(option, data, place)
        except SchemaError:
            continue
    return value(options[-1], data, place)


def _literal(arguments: tuple[t.Any, ...], data: t.Any, place: str) -> t.Any:
    for allowed in arguments:
        if type(allowed) is type(data) and allowed == data:
            return allowed
    raise SchemaError(f"{place}: {data!r} is none of {', '.join(repr(allowed) for allowed in arguments)}.")


def _mapping(data: t.Any, place: str) -> t.Mapping[t.Any, t.Any]:
    if isinstance(data, t.Mapping):
        return data
    raise SchemaError(f"{place}: expected keys and values, found {data!r}.")


def _list(data: t.Any, place: str) -> list[t.Any]:
    if isinstance(data, list):
        return data
    raise SchemaError(f"{place}: expected a list, found {data!r}.")


def _required(field: dataclasses.Field[t.Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _suggest(key: str, known: t.Iterable[str]) -> str:
    near = difflib.get_close_matches(key, list(known), 1)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(known)}."


_NAMES = {str: "text", int: "a whole number", bool: "true or false", datetime.datetime: "a date and time"}
