"""Who may import whom (docs/architecture.md), read from the code itself."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = {"events", "registration", "webtalks"}
# Who may import whom: a room what stands in the lines below it, and itself. Two rooms of one line
# do not know each other. What only a type names (`if TYPE_CHECKING`) is no import.
ROOMS = """
webtalks
registration.{admin, apps, management, urls}
registration.speakers
registration.{desk, pages}
registration.{mail, privacy, fields, invariants, monitoring, roles}
registration.certificates
registration.{models, pdf}
registration.certificate_keys
events.{admin, apps, management, urls}
events.{desk, pages}
events.models
events.{calendar, dates, method_marks, previews, slugs, text, uploads}
"""
# They render what they are given.
PURE = [
    "events/calendar.py",
    "registration/mail/compose.py",
    "registration/mail/invitations.py",
]

EVERY_FORM = """
import events.models as m, os.path
from registration.models import links
if TYPE_CHECKING:
    from events.admin import TalkAdmin
def later():
    from registration.mail.smtp import mailer
from .models import Talk
from . import pages
from json import *
"""


@cache
def sources() -> dict[str, ast.Module]:
    """Return the parsed modules of the three apps by path."""
    paths = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in paths}


@cache
def imported(tree: ast.Module, app: str) -> set[str]:
    """Return the full names of the modules that `tree`, a module of `app`, imports anywhere."""
    names = set()
    for node in nodes_that_run(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(filter(None, [app if node.level else "", node.module]))
            names |= {in_package(package, alias.name) for alias in node.names}
    return names


def nodes_that_run(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes but those that are there for mypy alone."""
    waiting = [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            if not is_for_types:
                yield node
                waiting.append(node)


@cache
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
    assert stars(tree) == [10]


def floors() -> dict[str, int]:
    """Return on which line of ROOMS each room stands, counted from below."""
    found = {}
    for floor, line in enumerate(reversed(ROOMS.split("\n"))):
        app, _, names = line.partition(".")
        for name in names.strip("{}").split(", "):
            found[f"{app}.{name}".rstrip(".")] = floor
    return found


def room_of(module: str) -> str:
    """Return the room in which the module stands: `events.models` for `events.models.talk`."""
    app, _, rest = module.partition(".")
    return app if app == "webtalks" or not rest else f"{app}.{rest.partition('.')[0]}"


def test_imports_run_one_way():
    wrong = set()
    known = floors()
    for path, tree in sources().items():
        here = room_of(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        if "/migrations/" in path or here in APPS - {"webtalks"}:
            continue
        for name in imported(tree, path.partition("/")[0]):
            there = room_of(name)
            if name.partition(".")[0] in APPS and there != here and known[there] >= known[here]:
                wrong.add((path, name))

    assert wrong == set()


@pytest.mark.parametrize(
    ("importer", "imports"),
    [
        ("events.models", "events.pages"),
        ("events.pages", "events.desk"),
        ("registration.desk", "registration.pages"),
        ("registration.models", "registration.mail"),
        ("events.desk", "registration.models"),
        ("registration.desk", "webtalks"),
    ],
)
def test_rule_refuses(importer, imports):
    assert floors()[imports] >= floors()[importer]


def test_old_migrations_import_nothing_that_changes():
    """What they need of the code is a frozen copy beside them."""
    for path, tree in sources().items():
        if "/migrations/" in path:
            app = path.partition("/")[0]
            ours = {name for name in imported(tree, app) if name.partition(".")[0] in APPS}
            assert (path, ours - {f"{app}.migrations._frozen"}) == (path, set())


def entries(folder: Path) -> set[str]:
    """Return what a reader of the folder has to look through."""
    ignored = {"__init__.py", "__pycache__", "apps.py", "migrations", "data", "locale"}
    return {path.name for path in folder.iterdir()} - ignored


def test_no_floor_is_crowded():
    folders = {path.parent for app in APPS for path in (ROOT / app).rglob("*.py")}
    crowded = {
        str(folder.relative_to(ROOT)): len(found)
        for folder in folders
        if folder.name != "migrations" and len(found := entries(folder)) > 16
    }

    assert crowded == {}


def test_no_class_name_twice():
    """Two classes of one name send a reader to the wrong file."""
    found: dict[str, list[str]] = {}
    for path, tree in sources().items():
        if "/migrations/" in path:
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                found.setdefault(node.name, []).append(path)

    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_models_are_named_and_not_looked_up():
    """`apps.get_model` hides from readers and from mypy which class is meant."""
    calls = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "get_model"
        if "/migrations/" not in path
    }

    assert calls == set()


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
