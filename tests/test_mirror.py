"""The tests lie where the code lies: whoever opens a module finds its tests by name.

`events/pages/feeds.py` has `tests/events/pages/test_feeds.py`, and further files for one side of
it: `test_feeds_<aspect>.py`.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("events", "registration", "webtalks")
# Modules with logic and no test file of their own, and the reason: where their tests stand.
ELSEWHERE = {
    "events/admin/series": "every page of every model: events/admin/test_talks",
    "events/models/former_slug": "by the addresses: events/pages/test_former_addresses",
    "events/method_marks": "marks that Django reads",
    "events/pages/context": "every page has what it gives: events/pages/test_views",
    "events/pages/requests": "types alone",
    "events/text/fields": "every column, on every way: promises/test_clean_text",
    "registration/admin/organiser_messages": "registration/desk/messages/test_message_pages",
    "registration/admin/read_only": "by the lists: registration/admin/test_registrations",
    "registration/admin/talks": "with the people: registration/admin/test_registrations",
    "registration/desk/admin_page": "by the pages: registration/desk/people/test_person",
    "registration/desk/figures/funder_file": (
        "by the file: registration/desk/figures/test_statistics_pages"
    ),
    "registration/desk/first_page/desk": "registration/desk/first_page/test_start_page",
    "registration/desk/first_page/running": "registration/desk/first_page/test_about_mails",
    "registration/desk/list_filters": "by the list: registration/admin/test_registrations",
    "registration/desk/speakers/cards": "by the page: registration/desk/speakers/test_links",
    "registration/desk/speakers/deeds": "by the page: registration/desk/speakers/test_links",
    "registration/desk/speakers/compared": "registration/desk/speakers/test_proposals",
    "registration/desk/speakers/decisions": "registration/desk/speakers/test_proposals",
    "registration/desk/speakers/sheet": "registration/desk/speakers/test_proposals_meanwhile",
    "registration/fields": "by the forms that have them: registration/pages/test_sign_up",
    "registration/mail/bounces/names": "by a real server: foreign/test_bounce_mailbox",
    "registration/mail/bounces/sharing": "registration/mail/bounces/test_reading",
    "registration/mail/examples": "compared as a whole: registration/mail/test_compose_texts",
    "registration/mail/occasion": "by the mails: registration/mail/test_compose",
    "registration/management/commands/check_invariants": "registration/test_invariants",
    "registration/management/commands/write_privacy_paper": "registration/privacy/test_paper",
    "registration/models/mails/bounce_mailbox": "by its reader: foreign/test_bounce_mailbox",
    "registration/models/way_in": "each state by its page: registration/pages/test_way_in",
    "registration/models/mails/domain_finding": "by the look: registration/mail/domain/test_daily",
    "registration/management/commands/check_mail": (
        "registration/mail/domain/test_findings, foreign/test_check_mail"
    ),
    "registration/monitoring": (
        "webtalks/test_metrics, registration/desk/first_page/test_start_page"
    ),
    "registration/pages/forms": "by their pages: registration/pages/test_sign_up",
    "registration/speakers/upload_fields": "by the forms: registration/speakers/test_file_parts",
    "registration/urls": "all are visited: webtalks/http/test_headers",
    "webtalks/apps": "registers what has tests of its own",
    "webtalks/backup/disk": "webtalks/backup/test_backup",
    "webtalks/gunicorn": "as processes: load/test_rolling_restart",
    "webtalks/http/admin_pages": "by those who ask it: webtalks/login/test_reauthentication",
    "webtalks/http/content_type": "at every address: webtalks/http/test_error_pages",
    "webtalks/http/static_files": "each kind of answer: webtalks/http/test_headers_middleware",
    "webtalks/login/second_factor_pages": "webtalks/login/test_second_factor",
    "webtalks/logs/gunicorn_logger": "as a process: promises/test_logs_of_a_life",
    "webtalks/management/commands/backup": "webtalks/backup/test_backup",
    "webtalks/management/commands/migrate": "as processes: load/test_migrate_at_once",
    "webtalks/management/commands/move_to_postgresql": "webtalks/backup/test_sqlite_to_postgresql",
    "webtalks/management/commands/restore": "webtalks/backup/test_restore",
    "webtalks/bootstrap": "makes what the tests run in: test_bootstrap",
    "webtalks/logs/pseudonyms": "by the lines: webtalks/login/test_lockout_networks",
    "webtalks/management/commands/unlock": "webtalks/login/test_lockout_networks",
}
# A test file as the reasons name it.
NAMED = re.compile(r"[\w/]*\btest_\w+")
LONGEST = 350


def has_logic(path: Path) -> bool:
    """Tell whether the module does anything: a list of URLs or of fields does not."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(node, functions) for node in ast.walk(ast.parse(path.read_text())))


def modules() -> set[str]:
    """Return the paths of all modules but the migrations, as in `events/pages/feeds`."""
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return {
        str(path.relative_to(ROOT).with_suffix(""))
        for path in paths
        if "migrations" not in path.parts and path.stem != "__init__"
    }


def folders() -> set[str]:
    """Return the paths of all folders: `test_locale` is about the texts in `events/locale`."""
    paths = [path for app in APPS for path in (ROOT / app).rglob("*") if path.is_dir()]
    return {str(path.relative_to(ROOT)) for path in paths}


def files_of_tests() -> set[str]:
    """Return the paths of the files that mirror modules, as in `events/pages/test_feeds_atom`."""
    paths = [path for app in APPS for path in (ROOT / "tests" / app).rglob("test_*.py")]
    return {str(path.relative_to(ROOT / "tests").with_suffix("")) for path in paths}


def is_about(test_file: str, module: str) -> bool:
    """Tell whether the test file is named after the module, or after one aspect of it."""
    folder, _, name = module.rpartition("/")
    own = f"{folder}/test_{name}"
    return test_file == own or test_file.startswith(f"{own}_")


def test_every_module_with_logic_has_its_tests():
    test_files = files_of_tests()
    alone = {
        module
        for module in modules()
        if not any(is_about(test_file, module) for test_file in test_files)
        and has_logic(ROOT / f"{module}.py")
    }

    assert alone == set(ELSEWHERE)


def test_every_test_file_is_about_a_module():
    there = modules() | folders()

    assert [
        test_file
        for test_file in sorted(files_of_tests())
        if not any(is_about(test_file, module) for module in there)
    ] == []


def test_tests_that_stand_elsewhere_are_there():
    named = {name for reason in ELSEWHERE.values() for name in NAMED.findall(reason)}

    assert {name for name in named if not (ROOT / "tests" / f"{name}.py").is_file()} == set()


def test_files_of_tests_can_be_read_in_one_sitting():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / "tests").rglob("test_*.py")
    }

    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_every_promise_is_said_in_the_first_line_of_its_file():
    for path in (ROOT / "tests" / "promises").glob("test_*.py"):
        first, *_ = (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines() or [""]
        assert (path.name, first.endswith(".")) == (path.name, True)
