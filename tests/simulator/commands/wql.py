"""The conditions of a CIM filter: comparisons of a property with a literal, joined by AND. Pure.

Anything else of WQL is not in use and counts as an invalid query.
"""

from __future__ import annotations

import operator
import re
import typing as t

Literal: t.TypeAlias = "str | int | bool | None"
Condition: t.TypeAlias = t.Callable[[t.Mapping[str, t.Any]], bool]

_TERM = re.compile(
    r"\s*(?P<name>[A-Za-z_]\w*)\s*(?P<operator><=|>=|<>|!=|=|<|>)\s*"
    r"(?P<literal>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|-?\d+|true|false|null)\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"and\b", re.IGNORECASE)
_COMPARE: t.Mapping[str, t.Callable[[t.Any, t.Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_WORDS: t.Mapping[str, Literal] = {"true": True, "false": False, "null": None}


class InvalidQuery(Exception):
    """The text is no condition that is understood here."""


def parse(text: str, resolve: t.Callable[[str], str | None]) -> Condition:
    """Read a filter.

    Args:
        text: such as `DriveType=3 and Label='Windows'`.
        resolve: gives a property's own spelling, None for an unknown one.

    Returns:
        A predicate on rows. Raises InvalidQuery.
    """
    terms: list[Condition] = []
    place = 0
    while True:
        found = _TERM.match(text, place)
        name = resolve(found["name"]) if found else None
        if found is None or name is None:
            raise InvalidQuery(text)
        terms.append(_term(name, _COMPARE[found["operator"]], _literal(found["literal"])))
        place = found.end()
        if place == len(text):
            return lambda row: all(term(row) for term in terms)
        joined = _AND.match(text, place)
        if joined is None:
            raise InvalidQuery(text)
        place = joined.end()


def _literal(text: str) -> Literal:
    if text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    lowered = text.lower()
    return _WORDS[lowered] if lowered in _WORDS else int(text)


def _term(name: str, compare: t.Callable[[t.Any, t.Any], bool], wanted: Literal) -> Condition:
    def holds(row: t.Mapping[str, t.Any]) -> bool:
        value = row.get(name)
        if isinstance(value, str) and isinstance(wanted, str):
            return compare(value.lower(), wanted.lower())
        try:
            return compare(value, wanted)
        except TypeError:
            return False

    return holds
