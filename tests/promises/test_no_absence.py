"""No page, mail or file says of anybody that they were absent: no report knows everybody."""

import ast
import re

from tests.server import ROOT

ABSENT = re.compile(
    r"nicht[ -]dabei|gefehlt|\babwesen|\bnicht (?:teilgenommen|anwesend|erschienen|gekommen)",
    re.IGNORECASE,
)
CODE = ("events", "registration", "webtalks")


def texts() -> dict[str, str]:
    """Return the templates, and the strings of our code."""
    found = {}
    for path in (ROOT / "templates").rglob("*.*"):
        # The papers for the operator speak of other things.
        if path.is_file() and "docs" not in path.parts:
            found[str(path.relative_to(ROOT))] = path.read_text()
    for path in (path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        found[str(path.relative_to(ROOT))] = "\n".join(strings(ast.parse(path.read_text())))
    return found


def strings(tree: ast.Module) -> list[str]:
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_no_text_says_that_somebody_was_absent():
    found = texts()

    assert len(found) > 300
    said = {name: ABSENT.findall(text) for name, text in found.items() if ABSENT.search(text)}
    assert said == {}


def test_what_would_be_said_is_found():
    for text in ("Sie waren nicht dabei.", "vier haben gefehlt", "nicht-dabei", "Abwesende"):
        assert ABSENT.search(text), text
    assert not ABSENT.search("dabei, vom Veranstalter bestätigt")
