"""The short way to a kept page: the same answer as the long way, or none."""

import functools
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from events.models import Series, revision
from tests.makers import make_talk
from tests.webtalks.http.test_page_cache import KEPT, path_of
from webtalks.http import page_cache
from webtalks.http.page_cache import pages, short_answer
from webtalks.http.questions import ASKED, HEARD, UNUSUAL, question

# Its looks at the database are those of a site: in a transaction there is no short way.
pytestmark = pytest.mark.django_db(transaction=True)

# The method is asked for apart, the body is empty, and gunicorn writes no such addresses.
OF_NO_WEIGHT = {"REQUEST_METHOD", "wsgi.input", "SCRIPT_URL", "REDIRECT_URL"}


class Recorded(dict):
    """An environ that notes which of its names were asked for."""

    def __init__(self, environ):
        super().__init__(environ)
        self.asked = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)

    def __contains__(self, name):
        self.asked.add(name)
        return super().__contains__(name)


@pytest.fixture
def talk(clock, monkeypatch):
    monkeypatch.setattr(revision, "LOOK_EVERY", 60)
    Series.load().save()
    return make_talk()


def environ_of(path="/", **headers):
    environ = RequestFactory().get(path, headers=headers).environ
    # Django's factory writes them always, gunicorn only where the visitor has sent them.
    return {
        name: value
        for name, value in environ.items()
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_COOKIE") or value
    }


@functools.cache
def handler():
    """Return Django's handler; to make it loads all middleware."""
    return WSGIHandler()


def ask_django(environ):
    """Return status, headers and content as Django's handler answers."""
    environ[ASKED] = question(environ)
    begun = []
    answer = handler()(environ, lambda status, headers: begun.extend([status, headers]))
    return begun[0], dict(begun[1]), b"".join(answer)


def test_long_way_looks_at_nothing_else(talk):
    environ = Recorded(known_and("/einbetten/?jahr=2025"))
    assert ask_django(environ)[0] == "200 OK"

    assert environ.asked - {*HEARD} - UNUSUAL - {ASKED} == OF_NO_WEIGHT


@pytest.mark.once
@pytest.mark.parametrize("encoding", ["", "br, gzip"])
def test_short_way_answers_the_same(talk, encoding):
    for path in map(path_of, KEPT):
        environ = environ_of(path, **{"Accept-Encoding": encoding})
        assert (path, short_answer(environ)) == (path, None)
        ask_django(dict(environ))
        status, headers, content = ask_django(dict(environ))

        short = short_answer(environ)

        found = (path, status, short and (dict(short[0]), short[1]))
        assert found == (path, "200 OK", (headers, content))


def known_and(path="/", **other):
    """Return a request that differs in `other` from one that has a short way."""
    environ = environ_of(path)
    for _ in range(2):
        ask_django(dict(environ))
    assert short_answer(environ)
    return environ | other


@pytest.mark.once
def test_whoever_says_anything_else_goes_the_long_way(talk):
    known = known_and()

    for name in [*HEARD, *sorted(UNUSUAL), "REQUEST_METHOD"]:
        assert (name, short_answer(known | {name: "other"})) == (name, None)
    assert short_answer(known)


def test_question_that_is_refused_is_not_remembered(talk):
    forged = known_and(HTTP_HOST="evil.example")

    assert ask_django(dict(forged))[0] == "400 Bad Request"
    assert short_answer(forged) is None


def test_change_closes_the_short_way_until_its_page_is_made(talk):
    environ = known_and()
    talk.title = "Ganz anders"
    talk.save()

    assert short_answer(environ) is None
    ask_django(dict(environ))
    ask_django(dict(environ))
    assert "Ganz anders" in short_answer(environ)[1].decode()


def test_look_that_is_due_is_left_to_the_long_way(talk, monkeypatch):
    environ = known_and()
    monkeypatch.setattr(revision, "LOOK_EVERY", 0)

    assert short_answer(environ) is None


def test_page_is_not_shown_past_its_time(talk, clock):
    environ = known_and(f"/talks/{talk.slug}/")
    clock.move_to(talk.starts_at - timedelta(seconds=0.5))

    assert short_answer(environ) is None


def test_page_that_has_left_the_memory_is_left_to_the_long_way(talk, monkeypatch):
    environ = known_and()
    ask_django(environ_of("/landkarte/"))
    monkeypatch.setattr(pages, "max_bytes", pages.bytes - 1)
    ask_django(environ_of("/impressum/"))

    assert short_answer(environ) is None


def test_memory_of_questions_is_bounded(talk, monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_QUESTIONS", 3)
    for number in range(8):
        ask_django(environ_of(f"/?fbclid={number}"))

    remembered = [number for number in range(8) if short_answer(environ_of(f"/?fbclid={number}"))]
    assert remembered == [7]


def test_form_is_no_question():
    assert question(environ_of() | {"REQUEST_METHOD": "POST"}) is None
