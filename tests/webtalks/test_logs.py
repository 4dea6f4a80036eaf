import logging

import pytest

from webtalks.logs import HideTokens


@pytest.mark.parametrize(
    ("message", "arguments", "shown"),
    [
        ("Forbidden: %s", ["/meine-anmeldung/ab-c.de_f/"], "Forbidden: /meine-anmeldung/…/"),
        ("GET %s?x=1", ["/meine-anmeldung/abc.def"], "GET /meine-anmeldung/…?x=1"),
        (
            "'/meine-anmeldung/a.b/material/3/' and /meine-anmeldung/c.d/",
            [],
            "'/meine-anmeldung/…/material/3/' and /meine-anmeldung/…/",
        ),
        ("GET /vorschau/abc:def/", [], "GET /vorschau/…/"),
        ("GET /bilder/a/1.jpg?vorschau=ab:c&x=1", [], "GET /bilder/a/1.jpg?vorschau=…&x=1"),
        ("100 %% of %d", [3], "100 % of 3"),
        ("nothing to hide: %s", ["/talks/a/"], "nothing to hide: /talks/a/"),
    ],
)
def test_token_in_a_path_is_hidden(message, arguments, shown):
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, message, tuple(arguments), None)

    assert HideTokens().filter(record) is True
    assert record.getMessage() == shown
