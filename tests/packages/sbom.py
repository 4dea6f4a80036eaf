"""`make sbom`: `var/sbom.json`, the packages of the running site as CycloneDX."""

import subprocess

from tests.packages.fetched import programs
from tests.packages.lockfile import LOCK

SBOM = LOCK.parent / "var" / "sbom.json"
OPTIONS = ("--pyproject", "pyproject.toml", "--output-reproducible", "--output-format", "JSON")


def main() -> None:
    SBOM.parent.mkdir(exist_ok=True)
    with programs("cyclonedx-bom==7.5.0") as place:
        command = [place / "cyclonedx-py", "requirements", LOCK.name, *OPTIONS]
        written = ["--output-file", SBOM, "--validate"]
        subprocess.run([*command, *written], cwd=LOCK.parent, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
