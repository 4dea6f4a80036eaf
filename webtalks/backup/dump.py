"""A whole database as one file, and back: SQLite by its online backup, PostgreSQL by pg_dump.

Both are one moment of the database, however many people sign up meanwhile. Putting back is all or
nothing: whoever is interrupted has the former database still.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

PACKAGE = "Es gehört zum Debian-Paket postgresql-client."
# What a dump sets for its own session is not wanted in ours; a backslash begins an order to psql.
NOT_OURS = (b"SET ", b"SELECT pg_catalog.set_config(", b"\\", b"--")


class DumpError(Exception):
    """Tells the operator, in German, why a database cannot be written out or put back."""


class Contents(NamedTuple):
    """What a dump must hold, told by the database itself."""

    migrations: list[str]
    counts: dict[str, int]


def contents(cursor, tables) -> Contents:
    """Return what the tables hold at this moment."""
    counts = {}
    for table in sorted(tables):
        (counts[table],) = cursor.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    migrations = []
    if "django_migrations" in counts:
        rows = cursor.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        migrations = [f"{app}.{name}" for app, name in rows]
    return Contents(migrations, counts)


class SqliteDump:
    """Works on the file that Django's `connection` names."""

    name = "database.sqlite3"
    vendor = "sqlite"

    def __init__(self, connection):
        self.connection = connection
        self.place = Path(connection.settings_dict["NAME"])

    def write(self, target: Path) -> Contents:
        """Copy the database as it is at one moment; writers need not wait for it."""
        try:
            self.connection.ensure_connection()
            with closing(sqlite3.connect(target)) as copy:
                self.connection.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm
                self._refuse_damage(copy)
                return self._contents(copy)
        except sqlite3.Error as error:
            raise DumpError(f"SQLite kann die Datenbank nicht sichern: {error}.") from error

    def _refuse_damage(self, copy):
        (answer,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            raise DumpError(f"Die Datenbank ist beschädigt: {answer}")

    def _contents(self, copy) -> Contents:
        tables = copy.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return contents(copy, [name for (name,) in tables.fetchall()])

    def users(self) -> list[str]:
        """Return the other processes that have the database open: "1234 (python -m gunicorn)"."""
        return [
            f"{process.name} ({_command(process)})"
            for process in Path("/proc").glob("[0-9]*")
            if int(process.name) != os.getpid() and self._is_open_in(process)
        ]

    def _is_open_in(self, process: Path) -> bool:
        names = {str(self.place), f"{self.place} (deleted)"}
        try:
            for file in (process / "fd").iterdir():
                # By name, for a file that was deleted; by identity, seen from a container.
                if str(file.readlink()) in names:
                    return True
                if self.place.exists() and file.exists() and file.samefile(self.place):
                    return True
        except OSError:  # it has ended, or belongs to somebody else
            return False
        return False

    @contextmanager
    def replacing(self, source: Path):
        """Let `connection` see the content of `source`; it takes the place of the present one.

        That happens at the end, and not at all after an error.
        """
        aside = self.place.with_name(f"{self.place.name}.restoring")
        self.place.parent.mkdir(parents=True, exist_ok=True)
        self._remove(aside)
        self.connection.close()
        self.connection.settings_dict["NAME"] = str(aside)
        try:
            shutil.copyfile(source, aside)
            with closing(sqlite3.connect(aside)) as copy:
                self._refuse_damage(copy)
                found = self._contents(copy)
            yield found
            self.connection.close()
            self._take_place(aside)
        except sqlite3.Error as error:
            raise DumpError(f"SQLite kann die Sicherung nicht lesen: {error}.") from error
        finally:
            self.connection.close()
            self.connection.settings_dict["NAME"] = str(self.place)
            self._remove(aside)

    def _take_place(self, aside: Path):
        if users := self.users():
            raise DumpError(f"Inzwischen benutzt jemand die Datenbank: {', '.join(users)}.")
        with closing(sqlite3.connect(aside)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
        with open(aside, "rb") as file:
            os.fsync(file.fileno())
        # A -wal of the former database would be read into the new one. Written back first: should
        # we be killed here, the former one is whole.
        try:
            with closing(sqlite3.connect(self.place)) as former:
                former.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error:  # it is damaged, which may be why we are here
            pass
        for end in ("-wal", "-shm", "-journal"):
            self.place.with_name(self.place.name + end).unlink(missing_ok=True)
        aside.replace(self.place)

    @staticmethod
    def _remove(aside: Path):
        for end in ("", "-wal", "-shm", "-journal"):
            aside.with_name(aside.name + end).unlink(missing_ok=True)


def _command(process: Path) -> str:
    """Return the beginning of the process's command, without the path of its program."""
    program, *arguments = (process / "cmdline").read_text().rstrip("\0").split("\0")
    return " ".join([Path(program).name, *arguments[:2]])


class PostgresqlDump:
    """Works on the database that Django's `connection` is connected to."""

    name = "database.dump"
    vendor = "postgresql"

    def __init__(self, connection):
        self.connection = connection

    def write(self, target: Path) -> Contents:
        """Write the database as it is at one moment; nobody has to wait for it."""
        program = self._program("pg_dump")
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            (snapshot,) = cursor.execute("SELECT pg_export_snapshot()").fetchone()
            self._run(
                [program, "--format=custom", "--encoding=UTF8", "--no-owner", "--no-privileges"]
                + [f"--snapshot={snapshot}", f"--file={target}", self._target()]
            )
            return contents(cursor, self.connection.introspection.table_names(cursor))

    def users(self) -> list[str]:
        """Return the other connections to this database, as "1234 (10.0.0.3)"."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid, coalesce(host(client_addr), application_name, '')"
                " FROM pg_stat_activity WHERE datname = current_database()"
                " AND usename IS NOT NULL AND pid <> pg_backend_pid() ORDER BY pid"
            )
            return [f"{pid} ({place or 'lokal'})" for pid, place in cursor.fetchall()]

    @contextmanager
    def replacing(self, source: Path):
        """Put the content of `source` in the place of the present one, in one transaction."""
        program = self._program("pg_restore")
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            # Whoever has come in between holds a lock on a table: end instead of waiting for it.
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            for table in self.connection.introspection.table_names(cursor):
                cursor.execute(f'DROP TABLE "{table}" CASCADE')
            self._load(cursor, program, source)
            # Otherwise a migration that changes rows keeps the next one from changing the table.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield contents(cursor, self.connection.introspection.table_names(cursor))

    def _load(self, cursor, program, source):
        arguments = [program, "--no-owner", "--no-privileges", "--file=-", str(source)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(arguments, **pipes) as process, self.connection.wrap_database_errors:  # noqa: S603
            statements = []
            for line in process.stdout:
                if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                    self._execute(cursor, statements)
                    with cursor.copy(line) as copy:
                        for row in process.stdout:
                            if row == b"\\.\n":  # the end; a line of data cannot look like it
                                break
                            copy.write(row)
                elif not line.startswith(NOT_OURS):
                    statements.append(line)
            self._execute(cursor, statements)
            error = process.stderr.read().decode(errors="replace").strip()
        if process.returncode:
            raise DumpError(f"pg_restore kann die Sicherung nicht lesen: {error}")

    @staticmethod
    def _execute(cursor, statements):
        if script := b"".join(statements).strip():
            cursor.execute(script)
        statements.clear()

    def _target(self) -> str:
        """Return the option that names the database, with what DATABASE_URL says and no more.

        Without the password, which other users of this machine could see.
        """
        known = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"password"}
        given = self.connection.get_connection_params()
        parameters = {key: value for key, value in given.items() if key in known}
        return f"--dbname={make_conninfo(**parameters)}"

    def _run(self, arguments):
        password = self.connection.connection.info.password
        environment = os.environ | ({"PGPASSWORD": password} if password else {})
        done = subprocess.run(  # noqa: S603
            arguments, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            reason = done.stderr.strip() or f"beendet mit {done.returncode}"
            raise DumpError(f"{Path(arguments[0]).name} ist gescheitert: {reason}.")

    def _program(self, name) -> str:
        """Return where the program lies; it must be as new as the server."""
        program = shutil.which(name)
        if program is None:
            raise DumpError(f"Das Programm {name} fehlt. {PACKAGE}")
        text = subprocess.check_output([program, "--version"], text=True)  # noqa: S603
        version = int(re.search(r"\d+", text)[0])
        self.connection.ensure_connection()
        server = self.connection.pg_version // 10000
        if version < server:
            raise DumpError(
                f"{name} hat die Version {version}, der Server die Version {server}: Das Programm "
                f"muss mindestens so neu sein. {PACKAGE}"
            )
        return program


def dump_of(connection):
    """Return the dump of the kind that `connection` needs."""
    kinds = {kind.vendor: kind for kind in (SqliteDump, PostgresqlDump)}
    return kinds[connection.vendor](connection)
