"""What a page costs that is not kept: `python -m tests.bench.rebuilt`, JSON on stdin and stdout.

In a process of its own, because the settings are those of the server that is measured.
"""

import json
import sys
import time

import django
from django.conf import settings

TIMES = 9


def rebuild(client, path, forget) -> tuple[int, float]:
    """Return statements and milliseconds of the quickest answer; noise makes none quicker."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seconds = []
    for _ in range(TIMES):
        forget()
        begin = time.perf_counter()
        response = client.get(path)
        seconds.append(time.perf_counter() - begin)
        assert response.status_code == 200, (path, response.status_code)
    forget()
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries), min(seconds) * 1000


def main():
    """Measure each path on stdin twice: the page alone is new; its edition too, after a change."""
    django.setup()
    from django.test import Client

    from events.pages.edition import editions
    from webtalks.http.page_cache import pages

    def forget_all():
        editions.discard()
        pages.discard()

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    found = {
        name: [*rebuild(client, path, pages.discard), *rebuild(client, path, forget_all)]
        for name, path in json.load(sys.stdin).items()
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
