"""Refusals to organisers: in the admin's frame, with whom to ask and the way back."""

import pytest
from django.contrib.auth.models import Group, User

from tests.makers import make_groups

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PEOPLE = "/admin/registration/registration/"


@pytest.fixture
def colleague(client):
    make_groups()
    User.objects.create_superuser("änne", first_name="Änne", last_name="Groß")
    User.objects.create_superuser("fort", is_active=False)
    user = User.objects.create_user("lea", is_staff=True)
    user.groups.set(Group.objects.filter(name="Lesend"))
    client.force_login(user)
    return user


def test_colleague_without_the_right_reads_whom_to_ask(client, colleague):
    answer = client.get(PEOPLE)
    html = answer.content.decode()

    assert answer.status_code == 403
    assert "<h1>Dafür fehlt Ihnen das Recht.</h1>" in html
    assert "Sie haben die Rolle „Lesend“" in html
    assert ("<li>Änne Groß</li>" in html, "fort" in html) == (True, False)
    assert 'href="/admin/">Zur ersten Seite der Verwaltung' in html
    # The menu is there, and the public pages' is not.
    assert 'href="/admin/events/talk/"' in html
    assert "Hauptmenü" not in html
    assert "no-store" in answer["Cache-Control"]


def test_colleague_without_a_role_is_told_so(client, colleague):
    colleague.groups.clear()

    assert "Ihr Konto hat keine Rolle, zu der das gehört." in client.get(PEOPLE).content.decode()


def test_what_is_not_there_keeps_the_menu(client, colleague):
    answer = client.get("/admin/gibt/es/nicht/")

    assert answer.status_code == 404
    assert "<h1>Diese Seite gibt es nicht.</h1>" in answer.content.decode()
    assert 'href="/admin/events/talk/"' in answer.content.decode()


def test_reader_keeps_the_public_page(client, colleague):
    answer = client.get("/gibt/es/nicht/")

    assert (answer.status_code, "Hauptmenü" in answer.content.decode()) == (404, True)
    assert "Willkommen" not in answer.content.decode()
