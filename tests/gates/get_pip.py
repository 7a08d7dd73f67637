"""Stands in for the get-pip script that ansible-test would download: puts pip into the environment that runs it.

Python's own ensurepip brings a pip, which then installs the version asked for. ensurepip runs as a process of its own,
because in this one it would switch off pip's settings, the certificates included.
"""

from __future__ import annotations

import subprocess
import sys

NOT_PIPS = {"--no-setuptools", "--no-wheel"}  # options of get-pip alone

if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True, stdout=subprocess.DEVNULL)
    wanted = [argument for argument in sys.argv[1:] if argument not in NOT_PIPS]
    sys.exit(subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=False).returncode)
