"""The throw-away PostgreSQL server: it answers, and nothing of it stays."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import dj_database_url
import psycopg
import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "tests.postgres"]


def directory_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def process_of(url: str) -> int:
    return int((directory_of(url) / "data/postmaster.pid").read_text().split()[0])


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("source", ["", pytest.param("embedded", marks=pytest.mark.slow)])
def test_server_answers_and_is_gone_afterwards(source, monkeypatch):
    monkeypatch.setenv("WEBTALKS_POSTGRES", source)
    query = "SELECT upper('ä'), current_setting('server_encoding'), current_setting('fsync')"

    with postgres.server() as url, psycopg.connect(url) as connection:
        answer = connection.execute(query).fetchone()
        is_new_enough = connection.info.server_version >= 150000
        process = process_of(url)
        was_running = is_running(process)

    assert (answer, is_new_enough) == (("Ä", "UTF8", "off"), True)
    assert (was_running, is_running(process)) == (True, False)
    assert not directory_of(url).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_server_after_an_error_is_gone():
    with contextlib.suppress(LookupError), postgres.server() as url:
        process = process_of(url)
        raise LookupError

    assert not is_running(process)
    assert not directory_of(url).exists()


def test_url_is_read_by_the_settings():
    url = "postgres://postgres@/postgres?host=/run/Größe&port=5432"

    parsed = dj_database_url.parse(url)

    assert (parsed["USER"], parsed["HOST"], parsed["NAME"], parsed["OPTIONS"]) == (
        "postgres",
        "",
        "postgres",
        {"host": "/run/Größe", "port": 5432},
    )


def test_command_gets_the_url_and_gives_its_exit_code():
    program = "import os, psycopg, sys; psycopg.connect(os.environ['DATABASE_URL']).close()"
    command = [sys.executable, "-c", f"{program}; sys.exit(3)"]

    done = subprocess.run([*COMMAND, *command], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.startswith("postgres (PostgreSQL) ")


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_command_interrupted_leaves_nothing(number):
    command = [*COMMAND, "sh", "-c", 'echo "$DATABASE_URL"; exec sleep 60']
    # A session of its own, so that the signal reaches the command too, as from a terminal.
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as runner:
        runner.stdout.readline()
        url = runner.stdout.readline().strip()
        process = process_of(url)
        os.killpg(runner.pid, number)

    assert runner.returncode == 128 + number
    assert not is_running(process)
    assert not directory_of(url).exists()


def test_command_missing_is_said():
    done = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (
        1,
        "Usage: python -m tests.postgres COMMAND [ARGUMENT …]\n",
    )


@pytest.mark.parametrize(
    ("programs", "version", "expected"),
    [
        (("initdb", "postgres"), "postgres (PostgreSQL) 18.6", True),
        (("initdb", "postgres"), "postgres (PostgreSQL) 19beta1", True),
        (("initdb", "postgres"), "postgres (PostgreSQL) 14.13 (Ubuntu 14.13-0)", False),
        (("psql",), "psql (PostgreSQL) 18.6", False),
    ],
)
def test_is_new_enough(programs, version, expected, tmp_path):
    for name in programs:
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{version}'\n")
        (tmp_path / name).chmod(0o755)

    assert postgres.is_new_enough(tmp_path) is expected
