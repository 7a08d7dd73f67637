from __future__ import annotations

import contextlib
import pathlib
import typing as t

import pytest

from . import lab as laboratory


class Start(t.Protocol):
    def __call__(self, devices: t.Mapping[str, t.Mapping[str, t.Any]], authentication: t.Mapping[str, str] | None = None) -> laboratory.Lab:
        """Start a fleet, as `lab.lab` does."""


@pytest.fixture
def lab(tmp_path: pathlib.Path) -> t.Iterator[Start]:
    """Starts simulated fleets; at the end nothing may have been sent that the contract tables do not hold, and no shell may be open."""
    started: list[laboratory.Lab] = []
    with contextlib.ExitStack() as stack:

        def start(devices: t.Mapping[str, t.Mapping[str, t.Any]], authentication: t.Mapping[str, str] | None = None) -> laboratory.Lab:
            folder = tmp_path / str(len(started))
            folder.mkdir()
            started.append(stack.enter_context(laboratory.lab(folder, devices, authentication)))
            return started[-1]

        yield start
        for one in started:
            assert one.violations == []
            assert {name: count for name, count in one.recorder.open_shells.items() if count} == {}
