"""The Dockerfile, parsed."""

import re
import shlex

from tests.server import ROOT


def dockerfile() -> list[list[tuple[str, str]]]:
    """Return the instructions as (name, rest): those before the first FROM, then each stage's."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    parts = [[]]
    for line in filter(None, text.replace("\\\n", "").splitlines()):
        name, rest = line.split(maxsplit=1)
        if name == "FROM":
            parts.append([])
        parts[-1].append((name, rest))
    return parts


PARTS = dockerfile()
BUILD, PROXY, FINAL = PARTS[1:]


def instructions(part: list[tuple[str, str]], wanted: str) -> list[str]:
    return [rest for name, rest in part if name == wanted]


def image_environment() -> dict:
    """Return what the image itself sets, without the PATH, which leads into the image."""
    pairs = [pair for rest in instructions(FINAL, "ENV") for pair in shlex.split(rest)]
    return {key: value for key, value in (p.split("=", 1) for p in pairs) if key != "PATH"}
