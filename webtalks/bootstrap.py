"""Make `.venv` hold what a hashed lock file names; do nothing where it does.

The Makefile calls `python3 -I webtalks/bootstrap.py LOCK` with a Python that fits. Nothing is
installed then, hence the standard library alone.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path


def identity(venv: Path) -> str:
    """Return what an environment is bound to: its Python, and its place, which scripts name.

    One that does not run has none.
    """
    try:
        version = subprocess.check_output([venv / "bin/python", "-V"], text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{version.strip()} {venv}"


def prepare(root: Path, lock: str) -> None:
    """Install `lock` into `.venv`, unless its stamp says that this is done.

    The stamp is removed first and written last, so an interrupted run leaves none; an environment
    without a valid stamp is built anew.
    """
    venv = root / ".venv"
    stamp = venv / "installed-locks"
    stamped = stamp.read_text().splitlines() if stamp.is_file() else [""]
    is_usable = stamped[0] != "" and stamped[0] == identity(venv)
    # The development lock contains the other one.
    locks = {name: (root / name).read_bytes() for name in {lock, "requirements.txt"}}
    digests = {name: f"{hashlib.sha256(text).hexdigest()}  {name}" for name, text in locks.items()}
    if is_usable and digests[lock] in stamped:
        return
    stamp.unlink(missing_ok=True)
    if not is_usable:
        print(f".venv wird mit {sys.executable} angelegt …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)  # noqa: S603
    print(f"{lock} wird installiert …", flush=True)
    pip = [str(venv / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install"]
    hashed = ["--quiet", "--require-hashes", "-r", str(root / lock)]
    subprocess.run([*pip, *hashed], check=True)  # noqa: S603
    stamp.write_text("\n".join([identity(venv), *digests.values()]) + "\n")


def main(root: Path, lock: str) -> None:
    # `make run` and `make test`, called at once, build one after the other.
    handle = os.open(root, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        prepare(root, lock)
    except (subprocess.CalledProcessError, KeyboardInterrupt) as error:
        raise SystemExit(f"{lock} ist nicht installiert: {error!r}") from None
    finally:
        os.close(handle)


if __name__ == "__main__":
    main(Path(__file__).resolve().parent.parent, sys.argv[1])
