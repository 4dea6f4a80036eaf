"""The code has no way of running what somebody typed."""

import ast
import re

import pytest

from tests.test_imports import imported, sources

# Names whose call runs text, a command line, or builds objects from bytes.
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "raw", "extra", "RawSQL"}
# Markup from what is not written in the code.
MARKUP = {"mark_safe", "SafeString"}
CALLS |= MARKUP
MODULES = {"pickle", "marshal", "shelve", "xml", "lxml", "yaml", "ctypes", "cgi"}
# Digests that are no longer good for signing.
DIGESTS = {"md5", "sha1"}
# Where the site starts its own processes, with lists of fixed words.
STARTS_PROCESSES = {
    "webtalks/backup/dump.py",
    "webtalks/management/commands/start.py",
    "webtalks/bootstrap.py",
}

# They put names of tables and expressions of their own into SQL; values are parameters.
WRITES_SQL = {f"webtalks/backup/{name}.py" for name in ("dump", "restore", "sqlite_to_postgresql")}
# Fixed statements that stand in a name, because both databases or two ways need them.
WRITES_SQL |= {
    "registration/models/limits.py",
}

EVERY_WAY = """
import pickle, xml.etree.ElementTree
eval("1"); model.objects.extra(where=[x]); os.system(x); mark_safe(x)
subprocess.run(x, shell=True); hashlib.md5(x); cursor.execute(f"SELECT {x}")
"""


def dangers(tree: ast.Module) -> set[str]:
    """Return what in `tree` runs, reads or signs in a way that nobody should."""
    found = {name for name in imported(tree, "events") if name.partition(".")[0] in MODULES}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        owner = getattr(getattr(node.func, "value", None), "id", "")
        is_ours = name in MARKUP and all(isinstance(each, ast.Constant) for each in node.args)
        if (name in CALLS and owner != "re" and not is_ours) or name in DIGESTS:
            found.add(name)
        if any(keyword.arg == "shell" for keyword in node.keywords):
            found.add("shell")
        if name == "execute" and not isinstance(node.args[0], ast.Constant):
            found.add("execute")
    return found


def test_the_reader_sees_every_way():
    assert dangers(ast.parse(EVERY_WAY)) == {
        *("pickle", "xml.etree.ElementTree", "eval", "extra", "system", "shell", "md5"),
        *("execute", "mark_safe"),
    }


def test_code_runs_nothing_that_was_typed():
    # Migrations put names of tables into their SQL.
    ours = {path: tree for path, tree in sources().items() if "/migrations/" not in path}

    # The outbox's claim, a fixed statement too.
    raw = {"registration/models/mails/outbox.py": {"raw"}}
    # Whether Pango is there: a library of the system by its fixed name.
    raw |= {"registration/pdf.py": {"ctypes"}}
    assert {
        path: names for path, tree in ours.items() if (names := dangers(tree))
    } == dict.fromkeys(WRITES_SQL, {"execute"}) | raw


def test_processes_are_started_in_known_places_alone():
    trees = sources().items()
    starters = {path for path, tree in trees if "subprocess" in imported(tree, "events")}

    assert starters == STARTS_PROCESSES


@pytest.mark.parametrize("way", ["innerHTML", "insertAdjacentHTML", "document.write", "eval("])
def test_our_script_writes_no_markup(settings, way):
    scripts = [path.read_text() for path in (settings.BASE_DIR / "static/js").glob("*.js")]

    assert len(scripts) > 0
    assert [way in script for script in scripts] == [False] * len(scripts)


def test_templates_trust_no_text_but_the_handbook(settings):
    """It is the project's own, and escaped by registration/desk/markdown.py all the same."""
    pages = (settings.BASE_DIR / "templates").rglob("*.html")

    trusting = {page.name for page in pages if re.search(r"\|\s*safe\b", page.read_text())}
    assert trusting == {"handbook.html"}
