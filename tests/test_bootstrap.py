"""The bootstrap with interpreters that are shell scripts, and once with the real one."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT

# Does what make and the bootstrap ask of a Python, and notes what was asked for.
OBEDIENT = """#!/bin/sh
case "$*" in
    *"-V") echo "Python 3.13.0";;
    *"-Ic import sys, venv, ensurepip"*) ;;
    "-I webtalks/bootstrap.py "*) echo "{name}" >> {log}; exec {real} -c "
import sys; sys.path.insert(0, '.'); from webtalks import bootstrap; from pathlib import Path
sys.executable = '$0'; bootstrap.main(Path.cwd(), '$3')";;
    "-m venv --clear "*) echo "venv" >> {log}
        /bin/rm -rf "$4"; /bin/mkdir -p "$4/bin"; /bin/cp "$0" "$4/bin/python";;
    "-c import secrets; "*) exec {real} "$@";;
    "-m pip "*) echo "${{*##*/}}" >> {log};;
    *) exit 2;;
esac
"""
SYSTEM = ("sh", "cat")
REAL = str(Path(sys.executable).resolve())


def write_script(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


class Machine:
    """A machine that has nothing but `bin` on the path and `pyenv`, and a fresh clone."""

    def __init__(self, directory: Path):
        self.log = directory / "log"
        self.bin = directory / "bin"
        self.pyenv = directory / "pyenv"
        self.project = directory / "Kleinstadt & Töchter"
        self.project.mkdir()
        self.bin.mkdir()
        for name in SYSTEM:
            (self.bin / name).symlink_to(shutil.which(name))
        for name in ("Makefile", "webtalks/bootstrap.py"):
            (self.project / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.project / name)
        self.write(".python-version", "3.13\n")
        self.write("requirements.txt", "")
        self.write("requirements-dev.txt", "# more\n")

    def write(self, name: str, text: str) -> None:
        (self.project / name).write_text(text)

    def python(self, path: Path) -> None:
        text = OBEDIENT.format(name=path.relative_to(self.bin.parent), log=self.log, real=REAL)
        write_script(path, text)

    def make(self, verb: str = "runtime") -> subprocess.CompletedProcess:
        environment = {"PATH": str(self.bin), "PYENV_ROOT": str(self.pyenv), "HOME": "/nowhere"}
        return subprocess.run(
            [shutil.which("make"), "--no-print-directory", verb],
            cwd=self.project,
            env=environment,
            capture_output=True,
            text=True,
        )

    def done(self) -> list[str]:
        return self.log.read_text().splitlines()


BUILT = ["bin/python3.13", "venv", "requirements.txt"]
ASKED = ["bin/python3.13"]


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def machine(bare: Machine) -> Machine:
    """Put a python3.13 on the path."""
    bare.python(bare.bin / "python3.13")
    return bare


def test_python_that_does_not_fit_is_passed_over(bare):
    """The first is too old, or lacks a module; a shim leads nowhere; pyenv has the wanted one."""
    write_script(bare.bin / "python3.13", "#!/bin/sh\necho pyenv: not found >&2\nexit 127\n")
    write_script(bare.bin / "python3", "#!/bin/sh\nexit 1\n")
    for version in ("3.9.18", "3.13.2"):
        bare.python(bare.pyenv / "versions" / version / "bin/python")

    assert bare.make().returncode == 0

    assert bare.done() == ["pyenv/versions/3.13.2/bin/python", *BUILT[1:]]


def test_wanted_python_comes_before_the_first(machine):
    machine.python(machine.bin / "python3")

    machine.make()

    assert machine.done() == BUILT


@pytest.mark.parametrize("place", ["bin/python3.12", "pyenv/versions/3.12.1/bin/python"])
def test_another_python_will_do(bare, place):
    bare.python(bare.bin.parent / place)

    bare.make()

    assert bare.done() == [place, *BUILT[1:]]


def test_without_any_python_make_says_what_to_install(bare):
    done = bare.make()

    assert (done.returncode, done.stdout, done.stderr.splitlines()[0]) == (
        2,
        "",
        "Kein Python ab 3.12 mit venv und ensurepip gefunden: apt install python3-venv, "
        "oder pyenv install 3.13",
    )


def test_called_again_it_does_nothing(machine):
    machine.make()

    done = machine.make()

    assert (done.stdout, done.stderr) == ("", "")
    assert machine.done() == [*BUILT, *ASKED]


def test_development_is_added_and_holds_the_rest(machine):
    for verb in ("runtime", "development", "development", "runtime"):
        machine.make(verb)

    assert machine.done() == [*BUILT, *ASKED, "requirements-dev.txt", *ASKED, *ASKED]


def test_changed_lock_is_installed_into_the_same_environment(machine):
    machine.make("development")
    machine.write("requirements.txt", "# changed\n")
    machine.make()
    machine.make("development")

    expected = [*ASKED, "venv", "requirements-dev.txt", *ASKED, "requirements.txt"]
    assert machine.done() == [*expected, *ASKED, "requirements-dev.txt"]


def test_interrupted_installation_is_begun_anew(machine):
    machine.make()
    python = machine.project / ".venv/bin/python"
    python.write_text(python.read_text().replace('"-m pip "*)', '"-m pip "*) exit 1;'))
    machine.write("requirements.txt", "# changed\n")
    done = machine.make()
    assert done.returncode == 2
    assert done.stderr.startswith("requirements.txt ist nicht installiert: CalledProcessError(1, ")

    machine.make()

    assert machine.done() == [*BUILT, *ASKED, *BUILT]


def test_environment_whose_interpreter_is_gone_is_built_anew(machine):
    machine.make()
    (machine.project / ".venv/bin/python").unlink()
    (machine.project / ".venv/bin/python").symlink_to("/not/there/python3.13")

    machine.make()

    assert machine.done() == BUILT * 2


def test_environment_that_was_moved_is_built_anew(machine):
    machine.make()
    machine.project = machine.project.rename(machine.project.with_name("moved"))

    machine.make()

    assert machine.done() == BUILT * 2


# `make test` itself begins with it; anew from nothing it takes as long as all others here.
@pytest.mark.slow
def test_bootstrap_builds_an_environment_that_runs(bare):
    command = [REAL, "webtalks/bootstrap.py", "requirements.txt"]
    subprocess.run(command, cwd=bare.project, check=True)

    python = bare.project / ".venv/bin/python"
    prefix = subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True)
    assert prefix == f"{bare.project}/.venv\n"


def test_run_makes_its_keys_once(machine):
    (machine.bin / "mkdir").symlink_to(shutil.which("mkdir"))

    def keys():
        paths = [machine.project / "var" / name for name in ("secret-key", "certificate-key")]
        assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]
        return [path.read_text() for path in paths]

    machine.make("run")
    made = keys()
    machine.make("run")

    assert keys() == made
    assert [len(key) > 50 for key in made] == [True, True]
    assert len(set(made)) == 2


# Git and a shell are there where make is; tests.postgres brings its own programs.
ON_EVERY_MACHINE = {"git", "sh", "sed", "pg_dump", "pg_restore"}
LONG_RUN = ("foreign", "load", "deployment")


def installed_by(verb: str) -> set[str]:
    """Return the Debian packages that the verb sees to."""
    makefile = (ROOT / "Makefile").read_text()
    wanted = re.search(rf"^{verb}:(.*)##", makefile, re.MULTILINE)[1].split()
    lists = [
        re.search(rf"^{name}: needed := (.*)", makefile, re.MULTILINE)
        for name in wanted
        if f"\n{name}: needed" in makefile
    ]
    return {pair.partition(":")[2] for found in lists for pair in found[1].split()}


def test_make_test_installs_every_program_that_its_tests_call():
    asked, called = set(), set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.relative_to(ROOT / "tests").parts[0] not in LONG_RUN:
            text = path.read_text()
            asked |= set(re.findall(r'program\("[\w-]+", "([\w-]+)"\)', text))
            called |= set(re.findall(r'(?:run|Popen|output)\(\s*\["([a-z][\w-]*)"', text))

    # The reader of QR codes is called by a test that is marked slow.
    assert asked - installed_by("test") == {"zbar-tools"} <= installed_by("test-all")
    assert called <= ON_EVERY_MACHINE
