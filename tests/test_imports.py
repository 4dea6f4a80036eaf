"""Who may import whom (docs/architecture.md), read from the code itself."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = {"events", "registration", "webtalks"}
MAY_IMPORT = {
    "events": {"events"},
    "registration": {"registration", "events"},
    "webtalks": {"webtalks", "registration", "events"},
}
# They render what they are given.
PURE = ["events/calendar.py", "registration/mail/compose.py"]

EVERY_FORM = """
import events.models as m, os.path
from registration.models import links
def later():
    from registration.mail.smtp import mailer
from .models import Talk
from . import pages
from json import *
"""


def sources() -> dict[str, ast.Module]:
    """Return the parsed modules of the three apps by path."""
    paths = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in paths}


def imported(tree: ast.Module, app: str) -> set[str]:
    """Return the full names of the modules that `tree`, a module of `app`, imports anywhere."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(filter(None, [app if node.level else "", node.module]))
            names |= {in_package(package, alias.name) for alias in node.names}
    return names


def in_package(package: str, name: str) -> str:
    """Return the module that `from package import name` leads to."""
    path = ROOT / package.replace(".", "/") / name
    is_module = path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
    return f"{package}.{name}" if is_module else package


def stars(tree: ast.Module) -> list[int]:
    """Return the lines of all star imports."""
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [node.lineno for node in froms if any(alias.name == "*" for alias in node.names)]


def test_the_reader_sees_every_form_of_import():
    tree = ast.parse(EVERY_FORM)

    assert imported(tree, "events") == {
        "events.models",
        "os.path",
        "registration.models.links",
        "registration.mail.smtp",
        "events.pages",
        "json",
    }
    assert stars(tree) == [8]


def test_imports_run_one_way():
    wrong = {}
    for path, tree in sources().items():
        app = path.partition("/")[0]
        allowed = MAY_IMPORT[app]
        ours = {name for name in imported(tree, app) if name.partition(".")[0] in APPS}
        if refused := {name for name in ours if name.partition(".")[0] not in allowed}:
            wrong[path] = refused

    assert wrong == {}


def test_the_apps_do_not_import_the_tests():
    for path, tree in sources().items():
        names = imported(tree, path.partition("/")[0])
        assert (path, {name for name in names if name.startswith("tests")}) == (path, set())


def test_no_star_imports():
    assert {path: lines for path, tree in sources().items() if (lines := stars(tree))} == {}


@pytest.mark.parametrize("path", PURE)
def test_what_renders_does_not_query(path):
    tree = ast.parse((ROOT / path).read_text())
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    models = {
        name
        for name in imported(tree, path.partition("/")[0])
        if name.endswith(".models") or name.startswith("django.db")
    }

    assert attributes & {"objects", "_default_manager", "filter", "refresh_from_db"} == set()
    assert models == set()
