"""`make quick`: which tests belong to a changed file."""

import pytest

from tests import quick

FILES = [
    "tests/e2e/test_pages.py",
    "tests/events/models/test_talk.py",
    "tests/events/models/test_talk_words.py",
    "tests/events/models/test_talks_elsewhere.py",
    "tests/events/pages/test_feeds.py",
    "tests/events/test_admin.py",
    "tests/load/test_crash.py",
    "tests/registration/desk/test_export.py",
    "tests/registration/mail/test_compose.py",
    "tests/registration/pages/test_mine.py",
    "tests/test_sizes.py",
    "tests/test_stylesheets.py",
]


@pytest.mark.parametrize(
    ("changed", "chosen"),
    [
        ("events/models/talk.py", FILES[1:3]),
        ("tests/events/pages/test_feeds.py", [FILES[4]]),
        ("templates/events/start.html", [FILES[4]]),
        ("templates/registration/mine.html", [FILES[9]]),
        ("templates/email/links.txt", [FILES[8]]),
        ("templates/admin/index.html", [FILES[5], FILES[7]]),
        ("templates/base.html", [FILES[4], FILES[9]]),
        ("static/css/site.css", FILES[10:]),
        ("tests/load/test_crash.py", []),
        ("docs/handbuch.md", []),
    ],
)
def test_changed_file_runs_its_own_tests(changed, chosen):
    assert quick.tests_of(changed, FILES) == chosen


def test_every_module_with_a_mirror_is_met_by_it():
    found = quick.tests_of("registration/models/outbox.py", quick.all_test_files())
    found += quick.tests_of("webtalks/http/page_cache.py", quick.all_test_files())

    assert "tests/webtalks/http/test_page_cache.py" in found


def test_line_says_what_runs_and_what_does_not():
    chosen = {"a.py": ["tests/test_a.py"], "b.md": []}

    assert quick.summary(["a.py", "b.md"], chosen, "abc") == (
        "2 changed since abc: lint, types, tests/test_a.py (because of a.py); "
        "only `make test` covers b.md"
    )
