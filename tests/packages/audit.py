"""`make audit`: known vulnerabilities of the locked packages, or a clear word that nobody knows.

pip-audit ends with 0 although it could look nothing up; this does not.
Exit codes: 0 all looked up and nothing known, 1 something is known, 3 not all was looked up.
"""

import json
import subprocess
import sys

from tests.packages.fetched import programs
from tests.packages.lockfile import LOCK, locked

CLEAN, VULNERABLE, UNKNOWN = 0, 1, 3


def verdict(report: str, packages: dict[str, str]) -> tuple[int, list[str]]:
    """Return exit code and lines for pip-audit's JSON `report` on `packages`."""
    try:
        found = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        found = []
    asked = {entry["name"].lower(): entry for entry in found if "vulns" in entry}
    missing = sorted(set(packages) - set(asked))
    lines = [
        f"{name} {entry['version']}: {flaw['id']}, fixed in {flaw['fix_versions']}"
        for name, entry in asked.items()
        for flaw in entry["vulns"]
    ]
    if missing:
        lines.append(f"NOT CHECKED, the database could not be asked: {', '.join(missing)}")
    if any(entry["vulns"] for entry in asked.values()):
        return VULNERABLE, lines
    if missing:
        return UNKNOWN, lines
    return CLEAN, [f"{len(asked)} packages checked, nothing known."]


def main() -> int:
    options = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
    with programs("pip-audit==2.10.1") as place:
        command = [place / "pip-audit", "--requirement", LOCK, *options]
        done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    code, lines = verdict(done.stdout, locked())
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
