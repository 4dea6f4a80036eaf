"""Tools of others that the tests here need; a missing one is a failure, never a skip."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server import ROOT

# The Nu checker of HTML, what mail programs show, a reader of mails, a judge of headers.
PACKAGES = {
    "vnu-jar": "vnu-jar@26.9.27",
    "caniemail": "caniemail@2.0.2",
    "postal-mime": "postal-mime@4.0.0",
    "@mdn/mdn-http-observatory": "@mdn/mdn-http-observatory@1.4.8",
}
TOOLS = ROOT / "var" / "tools"


def program(name: str, package: str) -> str:
    """Return the path of a program; say which Debian package has it where it is missing."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        pytest.fail(f"{name} is needed. As root: apt install {package}")
    return path


def node_modules(package: str) -> Path:
    """Return where npm has put the package and what it needs; fetch it if it is not there."""
    modules = TOOLS / "node_modules"
    if not (modules / package).exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", TOOLS]
        # All at once: npm takes away what it is not told of.
        install = [program("npm", "npm"), "install", *options, *PACKAGES.values()]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    return modules


def vnu_jar() -> Path:
    """Return the Nu checker."""
    return node_modules("vnu-jar") / "vnu-jar" / "build" / "dist" / "vnu.jar"
