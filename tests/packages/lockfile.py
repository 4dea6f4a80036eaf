"""What the lock file of the running site names."""

import re
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "requirements.txt"


def locked() -> dict[str, str]:
    """Return the version of each package by its name in lower case."""
    lines = re.findall(r"^([\w.-]+)==([^\s;\\]+)", LOCK.read_text(), re.MULTILINE)
    return {name.lower(): version for name, version in lines}
