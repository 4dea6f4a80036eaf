"""The check that the pool of connections makes before it lends one."""

from select import select

import psycopg
from psycopg_pool import ConnectionPool


def refuse_dead(lent):
    """Raise OperationalError if the server has closed the connection.

    A server that ends says so: there is something to read, although nothing was asked. Otherwise
    the socket alone is looked at, which spares each request a question to the server.

    Where one is dead, all are: the others are thrown away at once. The pool would find them one
    by one, with a pause after each that is twice as long as the one before.
    """
    if not select([lent.fileno()], [], [], 0)[0]:
        return
    try:
        ConnectionPool.check_connection(lent)
    except psycopg.OperationalError:
        # Not at the top: the settings import this module.
        from django.db import connection

        connection.pool.check()
        raise
