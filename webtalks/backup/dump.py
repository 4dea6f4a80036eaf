"""A whole database as one file, and back: SQLite by its online backup, PostgreSQL by pg_dump.

Both write the database as it is at one moment, however many people sign up meanwhile. Putting a
file back is all or nothing: if it is interrupted, the former database is still there.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, cast

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from registration.models import ReportLine

PACKAGE = "Es gehört zum Debian-Paket postgresql-client."
# The beginnings of lines in a dump that are not for us: settings of its own session, orders to the
# program psql (they begin with a backslash), comments.
SKIPPED_LINES = (b"SET ", b"SELECT pg_catalog.set_config(", b"\\", b"--")
# Tables whose rows are in no dump: they live for an hour, and a dump for weeks.
LEFT_OUT = frozenset([ReportLine._meta.db_table])


class DumpError(Exception):
    """Tells the operator, in German, why a database cannot be written out or put back."""


class Contents(NamedTuple):
    """What the database says that a dump must hold: migrations, and the rows of each table."""

    migrations: list[str]
    counts: dict[str, int]


class Executes(Protocol):
    """A cursor of Django's or a connection of sqlite3's; both can execute SQL."""

    def execute(self, sql: str, /) -> Any: ...


def contents(cursor: Executes, tables: Iterable[str]) -> Contents:
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
    """Writes out and puts back the file that Django's `connection` names."""

    name = "database.sqlite3"
    vendor = "sqlite"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.path = Path(connection.settings_dict["NAME"])

    def write(self, target: Path) -> Contents:
        """Copy the database as it is at one moment; those who write need not wait."""
        try:
            self.connection.ensure_connection()
            with closing(sqlite3.connect(target)) as copy:
                self.connection.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm
                self._empty(copy)
                self._refuse_damage(copy)
                return self._contents(copy)
        except sqlite3.Error as error:
            raise DumpError(f"SQLite kann die Datenbank nicht sichern: {error}.") from error

    def _empty(self, copy: sqlite3.Connection) -> None:
        """Delete what is in no dump, so that its words are not in the file's free space either."""
        copy.execute("PRAGMA secure_delete=ON")
        for table in LEFT_OUT.intersection(self._tables(copy)):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
        copy.commit()

    def _refuse_damage(self, copy: sqlite3.Connection) -> None:
        (answer,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            raise DumpError(f"Die Datenbank ist beschädigt: {answer}")

    def _contents(self, copy: sqlite3.Connection) -> Contents:
        return contents(copy, self._tables(copy))

    @staticmethod
    def _tables(copy: sqlite3.Connection) -> list[str]:
        names = copy.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return [name for (name,) in names.fetchall()]

    def users(self) -> list[str]:
        """Return the other processes that have the database open: "1234 (python -m gunicorn)"."""
        return [
            f"{process.name} ({_command(process)})"
            for process in Path("/proc").glob("[0-9]*")
            if int(process.name) != os.getpid() and self._is_open_in(process)
        ]

    def _is_open_in(self, process: Path) -> bool:
        names = {str(self.path), f"{self.path} (deleted)"}
        try:
            for file in (process / "fd").iterdir():
                # A deleted file is recognised by its name, one seen from a container by its inode.
                if str(file.readlink()) in names:
                    return True
                if self.path.exists() and file.exists() and file.samefile(self.path):
                    return True
        except OSError:  # the process has ended, or belongs to somebody else
            return False
        return False

    @contextmanager
    def replacing(self, source: Path) -> Iterator[Contents]:
        """Let `connection` work on a copy of `source`; at the end the copy becomes the database.

        After an error the former database stays.
        """
        aside = self.path.with_name(f"{self.path.name}.restoring")
        self.path.parent.mkdir(parents=True, exist_ok=True)
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
            self.connection.settings_dict["NAME"] = str(self.path)
            self._remove(aside)

    def _take_place(self, aside: Path) -> None:
        if users := self.users():
            raise DumpError(f"Inzwischen benutzt jemand die Datenbank: {', '.join(users)}.")
        with closing(sqlite3.connect(aside)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
        with open(aside, "rb") as file:
            os.fsync(file.fileno())
        # SQLite would read a -wal file of the former database into the new one. It is written back
        # into the former one first, which is complete then, should we be killed here.
        try:
            with closing(sqlite3.connect(self.path)) as former:
                former.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error:  # it is damaged, which may be why we are here
            pass
        for end in ("-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        aside.replace(self.path)

    @staticmethod
    def _remove(aside: Path) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            aside.with_name(aside.name + end).unlink(missing_ok=True)


def _command(process: Path) -> str:
    """Return the first words of the process's command, its program without the path."""
    program, *arguments = (process / "cmdline").read_text().rstrip("\0").split("\0")
    return " ".join([Path(program).name, *arguments[:2]])


class PostgresqlDump:
    """Writes out and puts back the database that Django's `connection` is connected to."""

    name = "database.dump"
    vendor = "postgresql"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def write(self, target: Path) -> Contents:
        """Write the database as it is at one moment; those who write need not wait."""
        program = self._find_program("pg_dump")
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            (snapshot,) = cursor.execute("SELECT pg_export_snapshot()").fetchone()
            self._run(
                [program, "--format=custom", "--encoding=UTF8", "--no-owner", "--no-privileges"]
                + [f"--exclude-table-data={table}" for table in LEFT_OUT]
                + [f"--snapshot={snapshot}", f"--file={target}", self._database_option()]
            )
            found = contents(cursor, self.connection.introspection.table_names(cursor))
            # A database that waits for its migrations may not have them yet.
            left_out = LEFT_OUT.intersection(found.counts)
            return found._replace(counts=found.counts | dict.fromkeys(left_out, 0))

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
    def replacing(self, source: Path) -> Iterator[Contents]:
        """Put the content of `source` in the place of the present one, in one transaction."""
        program = self._find_program("pg_restore")
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            # Somebody who uses the database by now holds locks: give up, instead of waiting.
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            for table in self.connection.introspection.table_names(cursor):
                cursor.execute(f'DROP TABLE "{table}" CASCADE')
            self._load(cursor, program, source)
            # Otherwise a migration that changes rows would keep the next from changing the table.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield contents(cursor, self.connection.introspection.table_names(cursor))

    def _load(self, cursor: CursorWrapper, program: str, source: Path) -> None:
        """Execute what pg_restore makes of the dump: SQL, and the rows of each table."""
        arguments = [program, "--no-owner", "--no-privileges", "--file=-", str(source)]
        with subprocess.Popen(  # noqa: S603
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            output, errors = cast(IO[bytes], process.stdout), cast(IO[bytes], process.stderr)
            with self.connection.wrap_database_errors:
                self._execute_lines(cursor, output)
            error = errors.read().decode(errors="replace").strip()
        if process.returncode:
            raise DumpError(f"pg_restore kann die Sicherung nicht lesen: {error}")

    def _execute_lines(self, cursor: CursorWrapper, lines: Iterable[bytes]) -> None:
        lines = iter(lines)
        statements: list[bytes] = []
        for line in lines:
            if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                self._execute(cursor, statements)
                with cursor.copy(line) as copy:
                    for row in lines:
                        if row == b"\\.\n":  # the end; a line of data cannot look like it
                            break
                        copy.write(row)
            elif not line.startswith(SKIPPED_LINES):
                statements.append(line)
        self._execute(cursor, statements)

    @staticmethod
    def _execute(cursor: CursorWrapper, statements: list[bytes]) -> None:
        """Execute the statements, as far as there are any, and empty the list."""
        if script := b"".join(statements).strip():
            cursor.execute(script.decode())
        statements.clear()

    def _database_option(self) -> str:
        """Return the option that names the database, as DATABASE_URL does.

        It leaves out the password, which other users of this machine could see.
        """
        known = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"password"}
        given = self.connection.get_connection_params()
        parameters = {key: value for key, value in given.items() if key in known}
        return f"--dbname={make_conninfo(**parameters)}"

    def _run(self, arguments: list[str]) -> None:
        """Run the program; raise DumpError with what it says if it fails."""
        password = self.connection.connection.info.password
        environment = os.environ | ({"PGPASSWORD": password} if password else {})
        done = subprocess.run(  # noqa: S603
            arguments, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            reason = done.stderr.strip() or f"beendet mit {done.returncode}"
            raise DumpError(f"{Path(arguments[0]).name} ist gescheitert: {reason}.")

    def _find_program(self, name: str) -> str:
        """Return where the program lies; raise DumpError if it is older than the server."""
        program = shutil.which(name)
        if program is None:
            raise DumpError(f"Das Programm {name} fehlt. {PACKAGE}")
        text = subprocess.check_output([program, "--version"], text=True)  # noqa: S603
        version = int(re.findall(r"\d+", text)[0])
        self.connection.ensure_connection()
        server, _ = self.connection.get_database_version()
        if version < server:
            raise DumpError(
                f"{name} hat die Version {version}, der Server die Version {server}: Das Programm "
                f"muss mindestens so neu sein. {PACKAGE}"
            )
        return program


def dump_of(connection: BaseDatabaseWrapper) -> SqliteDump | PostgresqlDump:
    """Return the kind of dump that `connection` needs."""
    if connection.vendor == SqliteDump.vendor:
        return SqliteDump(connection)
    return PostgresqlDump(connection)
