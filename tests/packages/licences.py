"""`docs/licences.md`: under which licence each part of the running site is."""

import re
from importlib import metadata
from pathlib import Path

from tests.packages.lockfile import locked

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "licences.md"

HEAD = """\
# Licences

What the running site consists of besides its own code (MIT). Written by `make licences` from the
lock file and the packages' own words; do not edit.

| package | version | licence |
|---|---|---|
"""
# Files that came into the repository by hand; README.md tells more.
FILES = """
| file | from | licence |
|---|---|---|
| `static/vendor/source-sans-3-*/` | Source Sans 3, Adobe | OFL-1.1, see there |
| `static/vendor/bricolage-grotesque-*/` | Bricolage Grotesque, its authors | OFL-1.1, see there |
| `static/vendor/svg-maps-germany-*/` | outlines of the Länder, MapSVG and svg-maps | CC-BY-4.0 |
| `events/data/municipalities.csv` | GeoNames | CC-BY-4.0 |
"""


def licence(name: str) -> str:
    """Return what the package says: the SPDX expression, else the classifiers, else a line.

    One that only older versions of Python need is not installed: it keeps the row that it has.
    """
    try:
        package = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        rows = re.findall(r"^\| (\S+) \| .+ \| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE)
        return dict(rows)[name]
    if "License-Expression" in package:
        return package["License-Expression"]
    classifiers = package.get_all("Classifier", [])
    named = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    named = [name for name in named if name != "OSI Approved"]
    return ", ".join(named) or package.get("License", "").partition("\n")[0]


def document() -> str:
    """Return the whole file."""
    rows = []
    for name, version in locked().items():
        rows.append(f"| {name} | {version} | {licence(name)} |\n")
    return HEAD + "".join(rows) + FILES


if __name__ == "__main__":
    DOCUMENT.write_text(document())
