"""What holds for every test: how the collection is found, whose home is used, and what is said about skipped tests."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.gates import places  # noqa: E402
from tests.gates.summary import SKIPPED_TESTS  # noqa: E402

places.link_collection()
sys.path.insert(0, str(places.COLLECTIONS))
os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(places.COLLECTIONS)
os.environ["ANSIBLE_HOME"] = str(places.HOME / ".ansible")

hypothesis.configuration.set_hypothesis_home_dir(places.BUILD / "hypothesis")
hypothesis.settings.register_profile("shared-machine", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("shared-machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.section(SKIPPED_TESTS)
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"{report.nodeid}: {re.sub('^Skipped: ', '', reason)}")
