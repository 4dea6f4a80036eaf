"""Which tests `make quick` runs after which change."""

import subprocess

import pytest

from tests import quick

FILES = [
    "tests/e2e/test_talk.py",
    "tests/events/admin/test_talks.py",
    "tests/events/admin/test_talks_nonsense.py",
    "tests/events/models/test_talk.py",
    "tests/events/models/test_talk_queries.py",
    "tests/events/models/test_talking.py",
    "tests/events/pages/test_archive.py",
    "tests/events/test_dates.py",
    "tests/load/test_seats.py",
    "tests/registration/admin/test_registrations.py",
    "tests/registration/desk/people/test_person.py",
    "tests/registration/desk/test_ask_first.py",
    "tests/registration/mail/test_compose.py",
    "tests/registration/pages/test_mine.py",
    "tests/test_postgres.py",
    "tests/test_sizes.py",
    "tests/test_stylesheets.py",
    "tests/webtalks/http/test_talk.py",
]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # A module has the tests that mirror it, and no others of a similar name.
        (
            "events/models/talk.py",
            ["tests/events/models/test_talk.py", "tests/events/models/test_talk_queries.py"],
        ),
        ("events/models/talk_queries.py", ["tests/events/models/test_talk_queries.py"]),
        ("events/dates.py", ["tests/events/test_dates.py"]),
        ("events/models/__init__.py", []),
        # A test file is its own test, but for the browser and for load.
        ("tests/events/test_dates.py", ["tests/events/test_dates.py"]),
        ("tests/e2e/test_talk.py", []),
        ("tests/load/test_seats.py", []),
        ("tests/events/test_deleted.py", []),
        # What tests use.
        ("tests/postgres.py", ["tests/test_postgres.py"]),
        ("tests/events/conftest.py", ["tests/events/test_dates.py"]),
        ("tests/events/admin/conftest.py", FILES[1:3]),
        ("tests/makers.py", []),
        # Pages, mails, and how they look.
        ("templates/events/start.html", ["tests/events/pages/test_archive.py"]),
        ("templates/registration/mine.html", ["tests/registration/pages/test_mine.py"]),
        ("templates/email/links.txt", ["tests/registration/mail/test_compose.py"]),
        (
            "templates/admin/desk/person.html",
            [
                "tests/events/admin/test_talks.py",
                "tests/events/admin/test_talks_nonsense.py",
                "tests/registration/admin/test_registrations.py",
                "tests/registration/desk/people/test_person.py",
                "tests/registration/desk/test_ask_first.py",
            ],
        ),
        (
            "templates/base.html",
            ["tests/events/pages/test_archive.py", "tests/registration/pages/test_mine.py"],
        ),
        ("static/css/site.css", ["tests/test_sizes.py", "tests/test_stylesheets.py"]),
        # What no unit test mirrors.
        ("docs/handbuch.md", []),
        ("manage.py", []),
    ],
)
def test_tests_of_a_change(changed, expected):
    assert quick.tests_of(changed, FILES) == expected


@pytest.mark.parametrize("beginning", quick.TESTS_OF_OTHER_FILES)
def test_tables_name_what_there_is(beginning):
    path = quick.ROOT / beginning
    patterns = quick.TESTS_OF_OTHER_FILES[beginning]
    everything = quick.all_test_files()

    assert path.exists()
    assert [p for p in patterns if not any(quick.fnmatchcase(f, p) for f in everything)] == []


def test_summary_is_one_line_that_says_why():
    chosen = {"events/dates.py": ["tests/events/test_dates.py"], "Makefile": []}

    assert quick.summary(chosen, "abc123") == (
        "Since abc123: lint, types, tests/events/test_dates.py (events/dates.py changed); "
        "without unit tests: Makefile"
    )
    assert quick.summary({"Makefile": []}, "abc123") == (
        "Since abc123: lint, types, no test; without unit tests: Makefile"
    )
    assert quick.summary({}, "abc123") == "Nothing has changed since abc123: nothing to look at."


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a project on a branch that has left main; `git` runs there."""

    def git(*arguments):
        who = ["-c", "user.name=Kim", "-c", "user.email=kim@stadt.example"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    monkeypatch.setattr(quick, "ROOT", tmp_path)
    git("init", "--initial-branch=main")
    for name in ("kept.py", "changed.py", "committed.py", "deleted.py", "Größe.py"):
        (tmp_path / name).write_text("before\n")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    git("add", ".")
    git("commit", "-m", "Begin")
    git("checkout", "-b", "work")
    return tmp_path, git


def test_changed_is_what_differs_from_main_committed_or_not(repository):
    directory, git = repository
    assert quick.changed_files(quick.fork_point()) == []

    (directory / "committed.py").write_text("after\n")
    git("commit", "-am", "Change")
    (directory / "changed.py").write_text("after\n")
    (directory / "Größe.py").write_text("after\n")
    (directory / "staged.py").write_text("new\n")
    git("add", "staged.py")
    (directory / "new.py").write_text("new\n")
    (directory / "ignored.py").write_text("new\n")
    (directory / "deleted.py").unlink()

    assert quick.changed_files(quick.fork_point()) == [
        *("Größe.py", "changed.py", "committed.py", "deleted.py", "new.py", "staged.py"),
    ]


def test_where_there_is_no_main_the_last_commit_counts(repository):
    directory, git = repository
    git("branch", "-D", "main")
    (directory / "new.py").write_text("new\n")

    assert quick.fork_point() == "HEAD"
    assert quick.changed_files("HEAD") == ["new.py"]
