"""`make lock`: both lock files anew, from pyproject.toml; versions stay where they may."""

import subprocess
import sys

from tests.packages.fetched import programs
from tests.packages.lockfile import LOCK

OLDEST_PYTHON = "3.12"
COMPILE = ("pip", "compile", "pyproject.toml", "--quiet", "--universal", "--generate-hashes")
COMPILE += ("--no-header", "--python-version", OLDEST_PYTHON)
# Development has the packages of the running site in the same versions, and more.
MORE = ("--constraints", "requirements.txt", "--group", "dev", "--group", "test", "--group", "e2e")


def main(options: list[str]) -> None:
    """Write the lock files; `options` are uv's, `--upgrade` for example."""
    with programs("uv") as place:
        for arguments in (
            ["--output-file", "requirements.txt"],
            [*MORE, "--output-file", "requirements-dev.txt"],
        ):
            command = [place / "uv", *COMPILE, *options, *arguments]
            subprocess.run(command, cwd=LOCK.parent, check=True)  # noqa: S603


if __name__ == "__main__":
    main(sys.argv[1:])
