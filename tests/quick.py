"""`make quick`: lint, types and the unit tests of what was changed, in seconds.

Changed is whatever differs from the commit at which this branch left main, committed or not.
The tests run on SQLite, whose tables are made without migrations, and without a browser; what is
marked slow or load, and what lies in NOT_QUICK, waits for `make test`.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
NOT_QUICK = ("tests/e2e/", "tests/load/", "tests/foreign/")
PAGES = ("tests/events/pages/test_*.py", "tests/registration/pages/test_*.py")
# Files that are no Python, by the beginning of their path; the first that fits counts.
TESTS_OF_OTHER_FILES = {
    "templates/admin/": ("tests/registration/desk/test_*.py", "tests/events/test_admin*.py"),
    "templates/email/": ("tests/registration/mail/test_*.py",),
    "templates/events/": PAGES[:1],
    "templates/registration/": PAGES[1:],
    # The frame of all pages, and the fields of all forms.
    "templates/": PAGES,
    "static/": ("tests/test_stylesheets.py", "tests/test_sizes.py"),
    "compose.yaml": ("tests/test_compose.py",),
    "Dockerfile": ("tests/test_image.py",),
}
# From so many files on, two processes are quicker than one.
MANY = 4
# pytest's code for "no test was left to run".
NO_TESTS = 5


def patterns(path: str) -> list[str]:
    """Return the patterns of the test files that belong to the changed file `path`."""
    file = PurePosixPath(path)
    if file.parts[0] == "tests" and file.name.startswith("test_"):
        return [path]
    if file.name == "conftest.py":
        return [f"{file.parent}/test_*.py"]
    if file.suffix == ".py":
        folder = file.parent if file.parts[0] == "tests" else "tests" / file.parent
        return [f"{folder}/test_{file.stem}.py", f"{folder}/test_{file.stem}_*.py"]
    for beginning, found in TESTS_OF_OTHER_FILES.items():
        if path.startswith(beginning):
            return list(found)
    return []


def tests_of(path: str, test_files: Iterable[str]) -> list[str]:
    """Return which of `test_files` are to be run after a change of `path`, in their order."""
    wanted = patterns(path)
    return [
        test_file
        for test_file in test_files
        if not test_file.startswith(NOT_QUICK)
        and any(fnmatchcase(test_file, pattern) for pattern in wanted)
    ]


def summary(changed: list[str], chosen: dict[str, list[str]], since: str) -> str:
    """Say in one line what runs and why, and which changes have no test here."""
    tests = [f"{', '.join(files)} (because of {path})" for path, files in chosen.items() if files]
    without = [path for path in changed if not chosen[path]]
    line = f"{len(changed)} changed since {since}: lint, types, {', '.join(tests) or 'no tests'}"
    return f"{line}; only `make test` covers {', '.join(without)}" if without else line


# Asking git, and running


def git(*arguments: str) -> list[str]:
    """Return the lines that git says; none where it refuses."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def fork_point() -> str:
    """Return the commit at which this branch left main, in short."""
    for main in ("origin/main", "main"):
        if found := git("merge-base", "HEAD", main):
            return found[0][:10]
    return "HEAD"


def changed_files(since: str) -> list[str]:
    """Return the paths that differ from the commit `since`, deleted and untracked ones too."""
    tracked = git("-c", "core.quotePath=off", "diff", "--name-only", "--no-renames", since)
    new = git("-c", "core.quotePath=off", "ls-files", "--others", "--exclude-standard")
    return sorted({*tracked, *new})


def all_test_files() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/test_*.py"))


def start(*arguments: str) -> subprocess.Popen:
    """Start a Python module with the settings of the tests; its output is shown at its end."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def is_fine(process: subprocess.Popen) -> bool:
    output, _ = process.communicate()
    print(output, end="", flush=True)
    return process.returncode in (0, NO_TESTS)


def run(test_files: list[str]) -> bool:
    """Run everything side by side, and tell whether all of it is fine."""
    processes = [start("ruff", "check", "."), start("ruff", "format", "--check", ".")]
    processes.append(start("mypy"))
    if test_files:
        options = ["--no-migrations", "-m", "not slow and not load", "-p", "no:playwright"]
        if len(test_files) >= MANY:
            options += ["-n", "2", "--dist", "loadfile"]
        processes.append(start("pytest", *options, *test_files))
    # All outputs are shown, also after one that is not fine.
    return [is_fine(process) for process in processes].count(False) == 0


def main() -> int:
    since = fork_point()
    changed = changed_files(since)
    if not changed:
        print(f"Nothing has changed since {since}: nothing to check.")
        return 0
    everything = all_test_files()
    chosen = {path: tests_of(path, everything) for path in changed}
    print(summary(changed, chosen, since), flush=True)
    test_files = sorted({file for files in chosen.values() for file in files})
    return 0 if run(test_files) else 1


if __name__ == "__main__":
    os.environ.pop("DATABASE_URL", None)
    # mypy reads the settings too, by the plugin for Django.
    from tests.environment import DATA_DIR

    with DATA_DIR:
        sys.exit(main())
