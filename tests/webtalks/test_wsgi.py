"""What a web process has done before it takes the first visitor."""

from tests import forked

VIEWS = """
import sys
import webtalks.wsgi
print({"events.pages.talk_page", "registration.pages.sign_up"} - {*sys.modules})
"""


def test_views_are_imported_before_the_first_visitor_comes(tmp_path):
    environment = {
        "SECRET_KEY": "6kJ0vWq2mYt9-nur-fuer-tests-Xc4RzB8LhEs1GdUo7PaQiF5yMwKj3NT",
        "SITE_URL": "http://localhost",
        "DATA_DIR": str(tmp_path),
    }
    (tmp_path / "static").mkdir()

    done = forked.run(["-c", VIEWS], environment)

    assert (done.stdout, done.stderr) == ("set()\n", "")
