"""Build `.venv`: find a Python, install a hashed lock file; do nothing where that is done.

Called by the Makefile as `python3 webtalks/bootstrap.py [--dev]` before anything else is
installed, hence the standard library alone, and Python 3.11.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

OLDEST = (3, 12)
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
# Debian keeps ensurepip, without which no environment gets a pip, in a package of its own.
PROBE = "import sys; print(*sys.version_info[:2], flush=True); import venv, ensurepip"


class Python(NamedTuple):
    path: str
    version: tuple[int, int]
    can_create_venv: bool

    @property
    def name(self) -> str:
        return "python{}.{}".format(*self.version)


def probe(command: str) -> Python | None:
    """Ask an interpreter what it is; one that cannot answer (an idle pyenv shim) is none."""
    path = shutil.which(command)
    if path is None:
        return None
    answer = subprocess.run([path, "-I", "-c", PROBE], capture_output=True, text=True)  # noqa: S603
    found = re.fullmatch(r"(\d+) (\d+)\s*", answer.stdout)
    if found is None:
        return None
    return Python(path, (int(found[1]), int(found[2])), answer.returncode == 0)


def pyenv_pythons(pattern: str) -> list[str]:
    """Return pyenv's interpreters, newest first, also those its shims do not reach."""
    home = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = map(str, home.glob(f"versions/{pattern}/bin/python"))
    return sorted(found, key=lambda path: [*map(int, re.findall(r"\d+", path))], reverse=True)


def candidates(wanted: str) -> Iterator[str]:
    """Yield commands that may be a fitting Python: the wanted version first."""
    yield f"python{wanted}"
    yield from pyenv_pythons(f"{wanted}*")
    yield sys.executable
    yield from ("python3.13", "python3.12", "python3.14", "python3.15", "python3")
    yield from pyenv_pythons("3.*")


def choose(commands: Iterable[str]) -> Python | None:
    """Return the first Python that will do, or None; exit where only a package is missing."""
    incomplete = None
    for command in commands:
        python = probe(command)
        if python is None or python.version < OLDEST:
            continue
        if python.can_create_venv:
            return python
        incomplete = incomplete or python
    if incomplete:
        raise SystemExit(missing_package(incomplete))
    return None


def missing_package(python: Python) -> str:
    return (
        f"{python.path} lacks the modules venv and ensurepip. As root:\n\n"
        f"    apt install {python.name}-venv\n\nThen run make again."
    )


def fetch_with_uv(wanted: str) -> str:
    """Let uv download a Python and return its path.

    Untried: where this was written, no interpreter could be downloaded. uv itself comes from
    the path, or unpinned from the package index into an environment thrown away afterwards.
    """
    print(f"No Python 3.12 or newer here. Fetching Python {wanted} with uv (an untried way) …")
    with tempfile.TemporaryDirectory() as directory:
        uv = shutil.which("uv") or install_uv(Path(directory))
        run(uv, "python", "install", wanted)
        find = [uv, "python", "find", "--system", "--no-project", wanted]
        return subprocess.check_output(find, text=True).strip()  # noqa: S603


def install_uv(directory: Path) -> str:
    running = probe(sys.executable)
    if running and not running.can_create_venv:
        raise SystemExit(missing_package(running))
    run(sys.executable, "-m", "venv", str(directory))
    run(str(directory / "bin" / "pip"), "install", "--quiet", "uv")
    return str(directory / "bin" / "uv")


def find_python(wanted: str) -> Python:
    if python := choose(candidates(wanted)):
        return python
    try:
        if python := choose([fetch_with_uv(wanted)]):
            return python
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"That failed: {error}", file=sys.stderr)
    raise SystemExit(
        f"No Python 3.12 or newer was found. Install Python {wanted} with its venv module "
        "(from your distribution, pyenv or uv), then run make again."
    )


def run(*command: str) -> None:
    sys.stdout.flush()
    subprocess.run(command, check=True)  # noqa: S603


def digest(lock: Path) -> str:
    """Return a line as sha256sum prints it."""
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()}  {lock.name}"


def identity(python: Python | None, venv: Path) -> str:
    """Describe what an environment is bound to; a moved one names its old place in scripts."""
    return f"{python.name} {venv}" if python else ""


@contextlib.contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Let `make run` and `make test`, called at once, build one after the other."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def prepare(root: Path, lock: Path) -> None:
    """Make `.venv` hold what the lock file names.

    The stamp is written last and removed first, so an interrupted run leaves none; what lies
    there without a valid stamp is built anew.
    """
    venv = root / ".venv"
    stamp = venv / "installed-locks"
    stamped = stamp.read_text().splitlines() if stamp.is_file() else []
    here = identity(probe(str(venv / "bin" / "python")), venv)
    is_usable = bool(here) and stamped[:1] == [here]
    if is_usable and digest(lock) in stamped:
        return
    stamp.unlink(missing_ok=True)
    if not is_usable:
        create(venv, (root / ".python-version").read_text().strip())
    print(f"Installing {lock.name} …")
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--require-hashes", "-r", str(lock))
    # The development lock contains the runtime lock.
    held = [lock] if lock.name == RUNTIME else [lock, root / RUNTIME]
    here = identity(probe(str(venv / "bin" / "python")), venv)
    stamp.write_text("\n".join([here, *map(digest, held)]) + "\n")


def create(venv: Path, wanted: str) -> None:
    python = find_python(wanted)
    print(f"Creating {venv.name} with {python.path} ({python.name}) …")
    run(python.path, "-m", "venv", "--clear", str(venv))


def main(arguments: list[str], root: Path) -> None:
    parser = argparse.ArgumentParser(description="Build .venv from a hashed lock file.")
    parser.add_argument("--dev", action="store_true", help="with what tests and linters need")
    lock = root / (DEVELOPMENT if parser.parse_args(arguments).dev else RUNTIME)
    try:
        with only_one(root):
            prepare(root, lock)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"Failed: {' '.join(error.cmd)}") from None
    except KeyboardInterrupt:
        raise SystemExit("Interrupted; the next call starts anew.") from None


if __name__ == "__main__":
    main(sys.argv[1:], Path(__file__).resolve().parent.parent)
