"""How many statements each address costs: `python -m tests.bench.queries`, JSON on stdout.

In a process of its own, because the settings are those of the server that is measured.
"""

import json
import sys

import django
from django.conf import settings


def count(client, method, path, data) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(path, data)
    assert response.status_code in (200, 302), (path, response.status_code)
    return len(queries)


def main():
    """Count for each [method, path, data] on stdin the cheapest of three requests.

    The first one makes what is kept; in another one the process may look at the revision, which
    it does once a second.
    """
    django.setup()
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    client, found = Client(), {}
    for name, method, path, data in json.load(sys.stdin):
        sent = [
            {k: v.replace("NUMBER", turn) for k, v in data.items()}
            for turn in ("first", "second", "third")
        ]
        found[name] = min(count(client, method, path, fields) for fields in sent)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
