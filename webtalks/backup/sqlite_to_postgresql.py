"""Moving a site from SQLite to an empty PostgreSQL: every row as it is, keys included.

Only what no backup holds either is left behind.

This does not call the models' `save`, which would write new times and raise the revision.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor

from webtalks.backup.dump import LEFT_OUT, SqliteDump

# Django's list of the migrations that have run; migrating the target has written it already.
NOT_MOVED = {"django_migrations"}
# Rows that are read at once.
CHUNK = 2000


class MoveError(Exception):
    """Tells the operator, in German, why nothing was moved."""


class Checksum(NamedTuple):
    """What two equal tables have in common: the number of rows, and a hash of all of them."""

    rows: int
    sha256: str


def move(source: str, target: str) -> dict[str, Checksum]:
    """Copy everything from one database alias to the other; return each table's checksum.

    It copies all or nothing. Raises MoveError.
    """
    check_source(connections[source])
    check_target(connections[target])
    sums = {}
    with transaction.atomic(using=source), transaction.atomic(using=target):
        call_command("migrate", database=target, verbosity=0, interactive=False)
        # PostgreSQL empties no table while checks of foreign keys are due.
        connections[target].check_constraints()
        with connections[target].cursor() as cursor:
            # The rows that the migrations have just written come from the source as well.
            tables = ", ".join(f'"{model._meta.db_table}"' for model in moved_models())
            cursor.execute(f"TRUNCATE {tables}")
            for model in moved_models():
                if model._meta.db_table in LEFT_OUT:
                    continue
                sums[model._meta.db_table] = copy_table(model, source, target, cursor)
            set_sequences(cursor, connections[target])
            keep_keys_of_the_deleted(cursor, connections[source])
        check_relations(connections[target])
    return sums


def moved_models() -> list[type[models.Model]]:
    """Return a model for every table, those of many-to-many relations included."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def check_source(connection: BaseDatabaseWrapper) -> None:
    """Raise MoveError unless this is our SQLite database, up to date and used by nobody."""
    if connection.vendor != "sqlite":
        raise MoveError("Diese Website benutzt schon PostgreSQL (DATABASE_URL).")
    if users := SqliteDump(connection).users():
        raise MoveError(
            "Die Datenbank wird benutzt; bitte erst Website und Mailversand beenden: "
            f"{', '.join(users)}."
        )
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MoveError("Es stehen Migrationen aus; bitte erst „manage.py migrate“ ausführen.")
    ours = {model._meta.db_table for model in moved_models()} | NOT_MOVED
    if others := set(connection.introspection.table_names()) - ours:
        raise MoveError(f"Unbekannte Tabellen: {', '.join(sorted(others))}.")


def check_target(connection: BaseDatabaseWrapper) -> None:
    """Raise MoveError unless this is an empty PostgreSQL database."""
    if connection.vendor != "postgresql":
        raise MoveError("Das Ziel muss PostgreSQL sein: postgres://name@rechner/datenbank")
    try:
        tables = connection.introspection.table_names()
    except DatabaseError as error:
        raise MoveError(f"Das Ziel ist nicht zu erreichen: {error}") from error
    if tables:
        raise MoveError(f"Das Ziel ist nicht leer; darin liegen {len(tables)} Tabellen.")


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def rows_of(model: type[models.Model], alias: str) -> Iterator[tuple[Any, ...]]:
    """Yield all rows, ordered by primary key, as Python values."""
    names = [field.attname for field in fields_of(model)]
    rows: models.QuerySet[models.Model, tuple[Any, ...]]
    rows = models.QuerySet(model, using=alias).order_by("pk").values_list(*names)
    return rows.iterator(chunk_size=CHUNK)


def copy_table(
    model: type[models.Model], source: str, target: str, cursor: CursorWrapper
) -> Checksum:
    """Copy one table, and raise MoveError unless every row has arrived."""
    fields, table = fields_of(model), model._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in fields)
    connection = connections[target]
    try:
        with (
            connection.wrap_database_errors,
            cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows_of(model, source):
                pairs = zip(fields, row, strict=True)
                copy.write_row([f.get_db_prep_save(value, connection) for f, value in pairs])
    except (DatabaseError, ValueError) as error:
        raise MoveError(f"{table}: PostgreSQL nimmt eine Zeile nicht an: {error}") from error
    sent, arrived = checksum(rows_of(model, source)), checksum(rows_of(model, target))
    if sent != arrived:
        raise MoveError(f"{table}: {sent} war zu kopieren, angekommen ist {arrived}.")
    return arrived


def checksum(rows: Iterable[tuple[Any, ...]]) -> Checksum:
    digest, number = hashlib.sha256(), 0
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, default=str).encode() + b"\n")
        number += 1
    return Checksum(number, digest.hexdigest())


def check_relations(connection: BaseDatabaseWrapper) -> None:
    """Check all foreign keys now; PostgreSQL would do it at the end of the transaction."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise MoveError(f"Eine Zeile verweist auf eine, die es nicht gibt: {error}") from error


def set_sequences(cursor: CursorWrapper, connection: BaseDatabaseWrapper) -> None:
    """Let the next new row get the next free key."""
    for statement in connection.ops.sequence_reset_sql(no_style(), moved_models()):
        cursor.execute(statement)


def keep_keys_of_the_deleted(cursor: CursorWrapper, source: BaseDatabaseWrapper) -> None:
    """Let no new row get the key of one that is gone: a talk's stands on paper."""
    tables = {model._meta.db_table: model._meta.pk.column for model in moved_models()}
    with source.cursor() as of_source:
        of_source.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")
        last_keys = [row for row in of_source.fetchall() if row[0] in tables]
    for table, last in last_keys:
        sequence = [f'"{table}"', tables[table], last]
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", sequence)
