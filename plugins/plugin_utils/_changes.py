"""The change set: what a task would change or has changed, per setting. `changed`, check mode and the diff all come from it."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    setting: str
    before: t.Any
    after: t.Any


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeSet:
    changes: tuple[Change, ...] = ()

    @classmethod
    def between(cls, before: t.Mapping[str, t.Any], after: t.Mapping[str, t.Any]) -> ChangeSet:
        """The settings of `after` whose value is another in `before`."""
        return cls(tuple(Change(key, before.get(key), value) for key, value in after.items() if before.get(key) != value))

    def __bool__(self) -> bool:
        return bool(self.changes)

    def diff(self, header: str) -> dict[str, t.Any]:
        """As Ansible's callbacks show it."""
        return {
            "before_header": header,
            "after_header": header,
            "before": {change.setting: change.before for change in self.changes},
            "after": {change.setting: change.after for change in self.changes},
        }

    def as_list(self) -> list[dict[str, t.Any]]:
        return [dataclasses.asdict(change) for change in self.changes]
