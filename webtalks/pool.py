"""The check that the pool of connections makes before it lends one."""

from select import select

from psycopg_pool import ConnectionPool


def refuse_dead(connection):
    """Raise OperationalError if the server has closed the connection.

    A server that ends says so: there is something to read, although nothing was asked. Otherwise
    the socket alone is looked at, which spares each request a question to the server.
    """
    if select([connection.fileno()], [], [], 0)[0]:
        ConnectionPool.check_connection(connection)
