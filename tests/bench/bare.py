"""The yardstick of kept pages: a WSGI function that has the answer already; for gunicorn.

It answers with the same status, headers and bytes as the site at BENCH_SITE_PORT, which each
process asks once. So it costs what any page costs that gunicorn serves from memory.
"""

import functools
import http.client
import os

# What gunicorn writes itself.
OF_GUNICORN = {"connection", "date", "server"}

type Answer = tuple[str, list[tuple[str, str]], list[bytes]]


@functools.cache
def answer_of_site(target: str, known: str) -> Answer:
    """Return the site's answer to whoever has the page with the ETag `known`, or none ("")."""
    connection = http.client.HTTPConnection("localhost", int(os.environ["BENCH_SITE_PORT"]))
    connection.request("GET", target, headers={"If-None-Match": known} if known else {})
    response = connection.getresponse()
    headers = [pair for pair in response.getheaders() if pair[0].lower() not in OF_GUNICORN]
    body = response.read()
    connection.close()
    return f"{response.status} {response.reason}", headers, [body]


def application(environ, start_response):
    target, known = environ["RAW_URI"], environ.get("HTTP_IF_NONE_MATCH", "")
    status, headers, body = answer_of_site(target, known)
    start_response(status, headers)
    return body
