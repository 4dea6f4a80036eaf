"""Django's backend for PostgreSQL, made quicker where every page goes through it."""

from select import select
from typing import TYPE_CHECKING

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, ExecStatus

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that a thread keeps from request to request."""

    def is_usable(self) -> bool:
        """Tell whether the connection still lives; Django asks before its first use in a request.

        A server that ends the connection sends something, although nothing was asked. So it is
        enough to look whether there is something to read on the socket. Django's own answer, a
        query (`SELECT 1`), is needed only then.
        """
        if self.connection is None or self.connection.closed:
            return False
        is_silent = not select([self.connection.fileno()], [], [], 0)[0]
        return is_silent or super().is_usable()

    def fetch_number(self, name: str, sql: str) -> int | None:
        """Return the one whole number that `sql` asks for; None where there is no row.

        `name` is the name of the prepared statement. This asks libpq directly, because the cursors
        of Django and psycopg take longer than the server. It uses a cursor inside a transaction,
        which psycopg has to begin, and where statements are logged. It also does so after libpq
        has failed, so that an error is the usual one.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self.get_autocommit() and not self.queries_logged:
            result = self._prepared(name.encode(), sql.encode())
            if result.status == ExecStatus.TUPLES_OK:
                value = result.get_value(0, 0)
                return None if value is None else int(value)
        with self.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
        return row[0] if row else None

    def _prepared(self, name: bytes, sql: bytes) -> "PGresult":
        """Execute the prepared statement; prepare it first if this connection does not know it."""
        server = self.connection.pgconn
        result = server.exec_prepared(name, None)
        if result.status != ExecStatus.TUPLES_OK and server.status == ConnStatus.OK:
            # It is new here: the connection is, or a pooler has given us another one.
            server.prepare(name, sql)
            result = server.exec_prepared(name, None)
        return result
