"""The backend's two short cuts, on a server of its own, which is ended on the way."""

import dj_database_url
import psycopg
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from tests.postgres import cluster

SQL = "SELECT number FROM numbers"
STATEMENT = ("numbers", SQL)


@pytest.fixture(scope="module")
def database():
    with cluster() as database:
        yield database


@pytest.fixture
def connection(database, django_db_blocker):
    kept = {"conn_max_age": None, "conn_health_checks": True}
    url = dj_database_url.parse(database.url, engine="webtalks.postgresql", **kept)
    connection = ConnectionHandler({"default": url})["default"]
    with django_db_blocker.unblock():
        run(connection, "DROP TABLE IF EXISTS numbers; CREATE TABLE numbers (number bigint)")
        yield connection
        connection.close()


def run(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def begin_request(connection):
    """Do what Django does at the beginning of a request."""
    connection.close_if_unusable_or_obsolete()


def restart(database):
    database.stop()
    database.start()


def prepared(connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'numbers'")
        return cursor.fetchone()[0]


def test_number_is_fetched_by_one_prepared_statement(connection):
    found = [connection.fetch_number(*STATEMENT)]
    for change in ("INSERT INTO numbers VALUES (NULL)", "UPDATE numbers SET number = 2 ^ 40"):
        run(connection, change)
        found.append(connection.fetch_number(*STATEMENT))

    assert (found, prepared(connection)) == ([None, None, 2**40], 1)


def test_statement_that_the_server_has_forgotten_is_prepared_again(connection):
    run(connection, "INSERT INTO numbers VALUES (7)")
    connection.fetch_number(*STATEMENT)
    run(connection, "DEALLOCATE ALL")

    assert (connection.fetch_number(*STATEMENT), prepared(connection)) == (7, 1)


def test_transaction_sees_what_it_has_written_itself(connection):
    run(connection, "INSERT INTO numbers VALUES (7)")
    connection.set_autocommit(False)
    run(connection, "UPDATE numbers SET number = 8")

    assert connection.fetch_number(*STATEMENT) == 8
    connection.rollback()
    connection.set_autocommit(True)
    assert connection.fetch_number(*STATEMENT) == 7


def test_statement_is_logged_where_statements_are(connection):
    connection.force_debug_cursor = True
    connection.fetch_number(*STATEMENT)

    assert [query["sql"] for query in connection.queries] == [SQL]


def test_connection_whose_server_was_restarted_is_replaced(connection, database):
    run(connection, "INSERT INTO numbers VALUES (7)")
    begin_request(connection)
    assert connection.fetch_number(*STATEMENT) == 7
    restart(database)
    begin_request(connection)

    assert connection.fetch_number(*STATEMENT) == 7


def test_server_that_ends_within_a_request_is_an_error_of_the_database(connection, database):
    begin_request(connection)
    connection.fetch_number(*STATEMENT)
    restart(database)

    with pytest.raises(OperationalError):
        connection.fetch_number(*STATEMENT)
    begin_request(connection)
    assert connection.fetch_number(*STATEMENT) is None


def test_check_of_a_living_connection_asks_nothing(connection, database):
    run(connection, "SELECT 'the last'")
    pid = connection.connection.info.backend_pid

    assert connection.is_usable()
    with psycopg.connect(database.url) as other:
        last = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
        assert last.fetchone() == ("SELECT 'the last'",)
