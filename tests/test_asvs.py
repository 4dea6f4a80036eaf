"""docs/asvs.csv is complete, and names tests that exist."""

import ast
import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The requirements of level 1 in OWASP ASVS 5.0.0, by section.
LEVEL_1 = {
    **{"V1.2": [1, 2, 3, 4, 5], "V1.3": [1, 2], "V1.5": [1]},
    **{"V2.1": [1], "V2.2": [1, 2], "V2.3": [1]},
    **{"V3.2": [1, 2], "V3.3": [1], "V3.4": [1, 2], "V3.5": [1, 2, 3]},
    **{"V4.1": [1], "V4.4": [1]},
    **{"V5.2": [1, 2], "V5.3": [1, 2]},
    **{"V6.1": [1], "V6.2": [1, 2, 3, 4, 5, 6, 7, 8], "V6.3": [1, 2], "V6.4": [1, 2]},
    **{"V7.2": [1, 2, 3, 4], "V7.4": [1, 2]},
    **{"V8.1": [1], "V8.2": [1, 2], "V8.3": [1]},
    **{"V9.1": [1, 2, 3], "V9.2": [1]},
    **{"V10.4": [1, 2, 3, 4, 5]},
    **{"V11.3": [1, 2], "V11.4": [1]},
    **{"V12.1": [1], "V12.2": [1, 2]},
    **{"V13.4": [1]},
    **{"V14.2": [1], "V14.3": [1]},
    **{"V15.1": [1], "V15.2": [1], "V15.3": [1]},
}
with open(ROOT / "docs/asvs.csv", newline="") as file:
    ROWS = list(csv.DictReader(file))


def test_every_requirement_of_level_1_is_there_once():
    numbers = [f"{section}.{n}" for section, found in LEVEL_1.items() for n in found]

    assert len(numbers) == 70
    assert [row["number"] for row in ROWS] == numbers


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["number"])
def test_row_is_shown_or_explained(row):
    assert row["requirement"]
    if row["status"] == "pass":
        path, _, name = row["test"].partition("::")
        tree = ast.parse((ROOT / path).read_text())
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert Path(path).name.startswith("test_")
        assert name in {function for function in functions if function.startswith("test_")}
    else:
        assert row["status"] in ("not applicable", "open")
        assert row["reason or note"]
        assert row["test"] == ""
