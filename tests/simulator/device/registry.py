"""A registry tree: keys by path, without regard to case but keeping the spelling; values with their types."""

from __future__ import annotations

import dataclasses
import re
import typing as t

Data: t.TypeAlias = "str | int | bytes | tuple[str, ...]"
HIVES: t.Mapping[str, str] = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER", "HKU": "HKEY_USERS"}


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A value: `kind` is REG_SZ, REG_EXPAND_SZ, REG_DWORD, REG_QWORD, REG_MULTI_SZ or REG_BINARY."""

    name: str
    kind: str
    data: Data


@dataclasses.dataclass(slots=True)
class Key:
    """A key. `path` is spelled as it was made, from the hive on: `HKLM\\SOFTWARE`."""

    path: str
    values: dict[str, Value] = dataclasses.field(default_factory=dict)
    children: dict[str, Key] = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.rpartition("\\")[2]


class Registry:
    """A tree of keys. Paths are `HKLM\\SOFTWARE\\...`, with or without the colon of the PowerShell drive."""

    def __init__(self) -> None:
        self._roots = {hive.lower(): Key(hive) for hive in HIVES}

    def make(self, path: str) -> Key:
        """The key at a path; it and those above it are made when they are not there. Raises KeyError for an unknown hive."""
        hive, *levels = _levels(path)
        key = self._roots[hive.lower()]
        for level in levels:
            key = key.children.setdefault(level.lower(), Key(f"{key.path}\\{level}"))
        return key

    def set(self, path: str, name: str, kind: str, data: Data) -> None:
        """Write a value. Raises ValueError when the data does not fit the type."""
        _check(kind, data)
        self.make(path).values[name.lower()] = Value(name, kind, data)

    def get(self, path: str) -> Key | None:
        hive, *levels = _levels(path)
        key = self._roots.get(hive.lower())
        for level in levels:
            key = key.children.get(level.lower()) if key else None
        return key

    def match(self, pattern: str) -> list[Key]:
        """Keys that a path with `*` matches, each star within its level, in the order of their names."""
        hive, *levels = _levels(pattern)
        found = [key for name, key in self._roots.items() if name == hive.lower()]
        for level in levels:
            found = [child for key in found for child in _children(key, level)]
        return found


def _children(key: Key, level: str) -> list[Key]:
    if "*" not in level:
        child = key.children.get(level.lower())
        return [child] if child else []
    wanted = re.compile(re.escape(level.lower()).replace(r"\*", ".*"), re.DOTALL)
    return [key.children[name] for name in sorted(key.children) if wanted.fullmatch(name)]


def _levels(path: str) -> list[str]:
    hive, _unused, rest = path.partition("\\")
    return [hive.rstrip(":"), *(level for level in rest.split("\\") if level)]


_RANGES = {"REG_DWORD": range(2**32), "REG_QWORD": range(2**64)}


def _check(kind: str, data: Data) -> None:
    if kind in _RANGES:
        fits = isinstance(data, int) and not isinstance(data, bool) and data in _RANGES[kind]
    elif kind == "REG_BINARY":
        fits = isinstance(data, bytes)
    elif kind == "REG_MULTI_SZ":
        fits = isinstance(data, tuple) and all(isinstance(item, str) for item in data)
    else:
        fits = kind in ("REG_SZ", "REG_EXPAND_SZ") and isinstance(data, str)
    if not fits:
        raise ValueError(f"{data!r} is no {kind}")
