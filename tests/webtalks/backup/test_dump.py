"""The programs that PostgreSQL is backed up by; the rest: test_backup.py, test_restore.py."""

from types import SimpleNamespace

import pytest

from webtalks.backup.dump import DumpError, PostgresqlDump


def database(major: int):
    """Return what the check reads of a connection to a server of this version."""
    return SimpleNamespace(ensure_connection=lambda: None, get_database_version=lambda: (major, 4))


def program(directory, version: str):
    path = directory / "pg_dump"
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    path.chmod(0o755)
    return path


def test_program_that_is_missing_or_too_old_is_named_with_its_package(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DumpError) as missing:
        PostgresqlDump(database(17)).write(tmp_path / "dump")
    assert str(missing.value) == (
        "Das Programm pg_dump fehlt. Es gehört zum Debian-Paket postgresql-client."
    )

    program(tmp_path, "16.9 (Debian 16.9-1)")
    with pytest.raises(DumpError) as old:
        PostgresqlDump(database(17)).write(tmp_path / "dump")
    assert str(old.value) == (
        "pg_dump hat die Version 16, der Server die Version 17: Das Programm muss mindestens so "
        "neu sein. Es gehört zum Debian-Paket postgresql-client."
    )


@pytest.mark.parametrize("version", ["17.0", "18.1 (Debian 18.1-1)"])
def test_program_as_new_as_the_server_is_taken(tmp_path, monkeypatch, version):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = program(tmp_path, version)

    assert PostgresqlDump(database(17))._find_program("pg_dump") == str(path)
