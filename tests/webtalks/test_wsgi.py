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


FOUR_TIMES = """
from wsgiref.util import setup_testing_defaults
from django.core.signals import request_started
from events.models import revision
from webtalks.wsgi import application
revision.LOOK_EVERY = 60
handled, answers = [], []
request_started.connect(lambda **kwargs: handled.append(1), weak=False)
for _ in range(4):
    environ = {"HTTP_HOST": "localhost", "PATH_INFO": "/impressum/"}
    setup_testing_defaults(environ)
    begun = []
    body = application(environ, lambda status, headers: begun.append((status, headers)))
    answers.append((begun, b"".join(body)))
print(len(handled), answers[3] == answers[1], answers[3][0][0][0])
"""


def test_page_that_was_asked_for_before_is_answered_without_djangos_handler(site_apart):
    assert site_apart.shell(FOUR_TIMES) == "2 True 200 OK"
