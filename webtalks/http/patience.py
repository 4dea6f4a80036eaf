"""How long a web process waits for the database: only webtalks/wsgi.py asks for it.

Commands and the worker have their own patience. What is given up here is answered with 503
(database_away.py); how many threads may wait at once: places.py.
"""

from django.db import connections

# Seconds that SQLite waits for its one write lock.
SQLITE_TIMEOUT = 8
# Milliseconds that PostgreSQL waits for a lock, works on one statement (statistics take a while),
# and leaves a transaction alone in which nothing happens. To lock a row it waits twice: for its
# turn among those who wait, then for whoever has the row. So a form may take twice as long.
POSTGRESQL_TIMEOUTS = {
    "lock_timeout": 4_000,
    "statement_timeout": 30_000,
    "idle_in_transaction_session_timeout": 30_000,
}


def limit_waits() -> None:
    """Let this process give up soon where a lock is kept; called before it opens a connection."""
    database = connections.settings["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"]["timeout"] = SQLITE_TIMEOUT
        return
    limits = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_TIMEOUTS.items())
    # What the operator has set in DATABASE_URL comes last and counts.
    asked = database["OPTIONS"].get("options", "")
    database["OPTIONS"]["options"] = f"{limits} {asked}".strip()
