"""`make quick`: lint, types and the unit tests of what was changed, in seconds.

Changed is whatever differs from the commit at which this branch left main, committed or not.
The tests run on SQLite, whose tables are made without migrations. The browser, load and what is
marked slow wait for `make test`.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
NOT_QUICK = ("tests/e2e/", "tests/load/", "tests/foreign/", "tests/deployment/")
PAGES = ("tests/events/pages/test_*.py", "tests/registration/pages/test_*.py")
# The tests of what is no Python, by the beginning of its path; the first that fits counts.
TESTS_OF_OTHER_FILES = {
    "templates/admin/": (
        # The star stands for rooms too.
        "tests/registration/desk/*test_*.py",
        "tests/registration/admin/test_*.py",
        "tests/events/admin/test_*.py",
    ),
    "templates/email/": ("tests/registration/mail/test_*.py",),
    "templates/events/": PAGES[:1],
    "templates/registration/": PAGES[1:],
    # The frame of all pages, and the fields of all forms.
    "templates/": PAGES,
    "static/": ("tests/test_sizes.py", "tests/test_stylesheets.py"),
    "compose.yaml": ("tests/test_compose.py",),
    "Dockerfile": ("tests/test_image.py",),
}
TEST_OPTIONS = ("--no-migrations", "-m", "not slow and not load", "-p", "no:playwright")
# From so many files on, two processes are quicker than one.
MANY_FILES = 6
# pytest's exit code where all tests of the files wait for `make test`.
NO_TESTS = 5


def patterns(path: str) -> list[str]:
    """Return the patterns of the test files that belong to the changed file `path`."""
    file = PurePosixPath(path)
    if path.startswith("tests/") and file.name.startswith("test_"):
        return [path]
    if file.name == "conftest.py":
        return [f"{file.parent}/test_*.py"]
    if file.suffix == ".py":
        folder = file.parent if path.startswith("tests/") else "tests" / file.parent
        return [f"{folder}/test_{file.stem}.py", f"{folder}/test_{file.stem}_*.py"]
    for beginning, found in TESTS_OF_OTHER_FILES.items():
        if path.startswith(beginning):
            return list(found)
    return []


def tests_of(path: str, test_files: Iterable[str]) -> list[str]:
    """Return which of the test files are to be run after a change of `path`."""
    wanted = patterns(path)
    return [
        test_file
        for test_file in test_files
        if not test_file.startswith(NOT_QUICK)
        and any(fnmatchcase(test_file, pattern) for pattern in wanted)
    ]


def summary(chosen: dict[str, list[str]], since: str) -> str:
    """Say in one line what runs and why; `chosen` names the test files of each changed file."""
    if not chosen:
        return f"Nothing has changed since {since}: nothing to look at."
    tests = [f"{' '.join(files)} ({path} changed)" for path, files in chosen.items() if files]
    line = f"Since {since}: lint, types, {', '.join(tests) or 'no test'}"
    without = [path for path, files in chosen.items() if not files]
    return f"{line}; without unit tests: {', '.join(without)}" if without else line


# Asking git, and running


def git(*arguments: str) -> list[str]:
    """Return the lines that git says; none where it refuses."""
    command = ["git", "-c", "core.quotePath=off", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def fork_point() -> str:
    """Return the commit at which this branch left main."""
    for main in ("origin/main", "main"):
        if found := git("merge-base", "HEAD", main):
            return found[0][:10]
    return "HEAD"


def changed_files(since: str) -> list[str]:
    """Return the paths that differ from the commit `since`, deleted and untracked ones too."""
    tracked = git("diff", "--name-only", "--no-renames", since)
    untracked = git("ls-files", "--others", "--exclude-standard")
    return sorted({*tracked, *untracked})


def all_test_files() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/test_*.py"))


def commands(test_files: list[str]) -> list[list[str]]:
    """Return the Python modules to run, each with its arguments."""
    found = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]]
    if test_files:
        at_once = ["-n", "2", "--dist", "loadfile"] if len(test_files) >= MANY_FILES else []
        found.append(["pytest", *TEST_OPTIONS, *at_once, *test_files])
    return found


def start(command: list[str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def is_fine(process: subprocess.Popen) -> bool:
    """Show what the process says, and tell whether it found nothing wrong."""
    output, _ = process.communicate()
    print(output, end="", flush=True)
    return process.returncode in (0, NO_TESTS)


def main() -> int:
    since = fork_point()
    everything = all_test_files()
    chosen = {path: tests_of(path, everything) for path in changed_files(since)}
    print(summary(chosen, since), flush=True)
    if not chosen:
        return 0
    test_files = sorted({file for files in chosen.values() for file in files})
    # Side by side; the output of all is shown, also after one that is not fine.
    processes = [start(command) for command in commands(test_files)]
    return 1 if False in [is_fine(process) for process in processes] else 0


if __name__ == "__main__":
    os.environ.pop("DATABASE_URL", None)
    # mypy reads the settings too, by its plugin for Django.
    from tests.environment import DATA_DIR

    with DATA_DIR:
        sys.exit(main())
