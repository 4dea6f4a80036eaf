"""Programs of others that no lock file holds: fetched when they are used, and thrown away."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def programs(package: str) -> Iterator[Path]:
    """Install the package into an environment of its own; give the directory of its programs."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)  # noqa: S603
        place = Path(directory) / "bin"
        pip = [place / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, package], check=True)  # noqa: S603
        yield place
