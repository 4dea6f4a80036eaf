"""`manage.py migrate`, one at a time: several hosts may start the same update at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Any number that nobody else uses; the first letters of the project.
LOCK = 0x4B57544D


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with one_at_a_time(connections[options["database"]]):
            return super().handle(*args, **options)


@contextmanager
def one_at_a_time(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock; a process that dies gives it back with its connection.

    SQLite needs no lock here: it lies on one host, where `manage.py start` has its own.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
