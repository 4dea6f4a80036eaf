"""Tools of others that the tests here need; a missing one is a failure, never a skip."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server import ROOT

VNU = "vnu-jar@26.9.27"
TOOLS = ROOT / "var" / "tools"


def program(name: str, package: str) -> str:
    """Return the path of a program; say which Debian package has it where it is missing."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        pytest.fail(f"{name} is needed. As root: apt install {package}")
    return path


def vnu_jar() -> Path:
    """Return the Nu checker, installed by npm once."""
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not jar.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        npm = program("npm", "npm")
        install = [
            npm,
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
            TOOLS,
            VNU,
        ]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    return jar
