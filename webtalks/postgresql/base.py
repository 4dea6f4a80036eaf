"""Django's backend for PostgreSQL, made quicker where every page goes through it."""

from select import select

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, ExecStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that a thread keeps from request to request."""

    def is_usable(self) -> bool:
        """Tell whether the connection still lives; Django asks before its first use in a request.

        A server that ends says so: there is something to read, although nothing was asked.
        Otherwise the socket alone is looked at, which spares each request a question (Django's
        `SELECT 1`).
        """
        if self.connection is None or self.connection.closed:
            return False
        is_silent = not select([self.connection.fileno()], [], [], 0)[0]
        return is_silent or super().is_usable()

    def fetch_number(self, name: str, sql: str) -> int | None:
        """Return the one whole number that `sql` asks for; None where there is no row.

        `name` is that of the prepared statement. libpq is asked directly: the cursors of Django
        and psycopg take longer than the server. Inside a transaction, which psycopg begins, and
        where statements are logged, it goes the usual way; also where the direct one fails, so
        that errors are the usual ones.
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

    def _prepared(self, name: bytes, sql: bytes):
        server = self.connection.pgconn
        result = server.exec_prepared(name, None)
        if result.status != ExecStatus.TUPLES_OK and server.status == ConnStatus.OK:
            # The first time on this connection, or behind a pooler on another's.
            server.prepare(name, sql)
            result = server.exec_prepared(name, None)
        return result
