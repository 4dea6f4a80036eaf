"""Our stylesheets: a block left open takes every rule behind it away, and no tool says so."""

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[1] / "static" / "css"


@pytest.mark.parametrize("name", sorted(path.name for path in STYLES.glob("*.css")))
def test_every_block_is_closed(name):
    css = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", (STYLES / name).read_text(), flags=re.DOTALL)
    depth = 0
    for brace in re.findall(r"[{}]", css):
        depth += 1 if brace == "{" else -1
        assert depth >= 0

    assert depth == 0
