"""The bootstrap with interpreters that are shell scripts, and once with the real one."""

import subprocess
import sys
from pathlib import Path

import pytest

from webtalks import bootstrap

ROOT = Path(__file__).resolve().parent.parent
REAL_PYTHON = sys.executable

# Does what the bootstrap asks of a Python, and notes what was asked for.
OBEDIENT = """#!/bin/sh
case "$*" in
    *"-c import sys"*) echo "3 13";;
    "-m venv --clear "*) echo "venv" >> {log}
        /bin/rm -rf "$4"; /bin/mkdir -p "$4/bin"; /bin/cp "$0" "$4/bin/python";;
    "-m pip "*) echo "${{*##*/}}" >> {log};;
esac
"""


def write_script(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def python_that_says(path: Path, answer: str, code: int = 0) -> str:
    return write_script(path, f"#!/bin/sh\necho '{answer}'\nexit {code}\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    """Return an empty project on a machine that has nothing but `bin` on the path."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", python_that_says(tmp_path / "old/python3", "3 11"))
    project = tmp_path / "Kleinstadt & Töchter"
    project.mkdir()
    (project / ".python-version").write_text("3.13\n")
    (project / "requirements.txt").write_text("")
    (project / "requirements-dev.txt").write_text("# more\n")
    return project


@pytest.fixture
def log(project: Path) -> Path:
    """Put a python3.13 on the path and return the file that tells what it was asked for."""
    log = project.parent / "log"
    write_script(project.parent / "bin/python3.13", OBEDIENT.format(log=log))
    return log


def test_choose_passes_over_what_does_not_fit(tmp_path):
    shim = python_that_says(tmp_path / "shim", "", code=127)
    old = python_that_says(tmp_path / "old", "3 11")
    incomplete = python_that_says(tmp_path / "incomplete", "3 13", code=1)
    fitting = python_that_says(tmp_path / "fitting", "3 12")
    newer = python_that_says(tmp_path / "newer", "3 14")

    chosen = bootstrap.choose(["not-there", shim, old, incomplete, fitting, newer])

    assert chosen == bootstrap.Python(fitting, (3, 12), True)


def test_choose_without_any_fitting_python(tmp_path):
    shim = python_that_says(tmp_path / "shim", "pyenv: python: command not found", code=127)
    old = python_that_says(tmp_path / "old", "3 9")

    assert bootstrap.choose([shim, old]) is None


def test_candidates_begin_with_the_wanted_version(project):
    pyenv = project.parent / "pyenv/versions"
    for version in ("3.9.18", "3.13.2", "3.13.11", "2.7.18"):
        python_that_says(pyenv / version / "bin/python", "")

    assert list(bootstrap.candidates("3.13")) == [
        "python3.13",
        f"{pyenv}/3.13.11/bin/python",
        f"{pyenv}/3.13.2/bin/python",
        sys.executable,
        *("python3.13", "python3.12", "python3.14", "python3.15", "python3"),
        f"{pyenv}/3.13.11/bin/python",
        f"{pyenv}/3.13.2/bin/python",
        f"{pyenv}/3.9.18/bin/python",
    ]


def test_main_names_the_package_that_is_missing(project):
    incomplete = python_that_says(project.parent / "bin/python3.13", "3 13", code=1)
    # In a process of its own, for the exit code; its own interpreter would do, so it is hidden.
    program = (
        "import sys, pathlib, webtalks.bootstrap as bootstrap\n"
        f"sys.executable = {sys.executable!r}\n"
        "bootstrap.main([], pathlib.Path(sys.argv[1]))"
    )

    done = subprocess.run(
        [REAL_PYTHON, "-c", program, project], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"{incomplete} lacks the modules venv and ensurepip. As root:\n\n"
        "    apt install python3.13-venv\n\nThen run make again.\n",
    )


def test_main_called_again_does_nothing(project, log, capsys):
    bootstrap.main([], project)
    capsys.readouterr()
    asked = log.read_text()

    bootstrap.main([], project)

    assert asked == "venv\nrequirements.txt\n"
    assert (log.read_text(), capsys.readouterr().out) == (asked, "")


def test_main_adds_what_development_needs(project, log):
    bootstrap.main([], project)
    bootstrap.main(["--dev"], project)
    bootstrap.main(["--dev"], project)
    bootstrap.main([], project)

    assert log.read_text() == "venv\nrequirements.txt\nrequirements-dev.txt\n"


def test_main_installs_a_changed_lock_into_the_same_environment(project, log):
    bootstrap.main(["--dev"], project)
    (project / "requirements.txt").write_text("# changed\n")

    bootstrap.main([], project)
    bootstrap.main(["--dev"], project)

    assert log.read_text() == (
        "venv\nrequirements-dev.txt\nrequirements.txt\nrequirements-dev.txt\n"
    )


def test_main_starts_anew_after_an_interrupted_installation(project, log):
    bootstrap.main([], project)
    broken = OBEDIENT.format(log=log).replace('"-m pip "*)', '"-m pip "*) exit 1;')
    write_script(project / ".venv/bin/python", broken)
    (project / "requirements.txt").write_text("# changed\n")
    with pytest.raises(SystemExit, match="^Failed: .* --require-hashes -r .*/requirements.txt$"):
        bootstrap.main([], project)

    bootstrap.main([], project)

    assert log.read_text() == "venv\nrequirements.txt\n" * 2


def test_main_rebuilds_an_environment_whose_interpreter_is_gone(project, log):
    bootstrap.main([], project)
    (project / ".venv/bin/python").unlink()
    (project / ".venv/bin/python").symlink_to("/not/there/python3.13")

    bootstrap.main([], project)

    assert log.read_text() == "venv\nrequirements.txt\n" * 2


def test_main_rebuilds_an_environment_that_was_moved(project, log):
    bootstrap.main([], project)
    moved = project.rename(project.with_name("moved"))

    bootstrap.main([], moved)

    assert log.read_text() == "venv\nrequirements.txt\n" * 2


def test_main_takes_the_python_that_uv_fetched(project, log, capfd):
    fetched = (project.parent / "bin/python3.13").rename(project.parent / "fetched")
    write_script(
        project.parent / "bin/uv",
        f'#!/bin/sh\necho "uv $*" >> {log}\n[ "$2" = install ] || echo {fetched}\n',
    )

    bootstrap.main([], project)

    assert log.read_text() == (
        "uv python install 3.13\nuv python find --system --no-project 3.13\n"
        "venv\nrequirements.txt\n"
    )
    assert "(an untried way)" in capfd.readouterr().out


def test_main_without_any_python_says_what_to_install(project):
    write_script(project.parent / "bin/uv", "#!/bin/sh\necho no network >&2; exit 1\n")

    with pytest.raises(SystemExit) as caught:
        bootstrap.main([], project)

    assert caught.value.code == (
        "No Python 3.12 or newer was found. Install Python 3.13 with its venv module "
        "(from your distribution, pyenv or uv), then run make again."
    )


def test_main_builds_an_environment_that_runs(project, monkeypatch):
    monkeypatch.undo()
    (project / ".python-version").write_text("{}.{}\n".format(*sys.version_info))

    bootstrap.main([], project)

    python = project / ".venv/bin/python"
    prefix = subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True)
    assert prefix == f"{project}/.venv\n"
