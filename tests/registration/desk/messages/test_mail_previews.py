"""The previews of every mail."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from events.models import Talk
from registration.mail.examples import EXAMPLES
from registration.models import OutgoingMail
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_every_kind_of_mail_has_a_preview():
    assert {found.kind for found in EXAMPLES} == set(OutgoingMail.Kind)


@pytest.mark.parametrize(
    ("found", "days"),
    [
        pytest.param(
            *(found, days),
            id=f"{found.name}, {days}",
            # About a talk long past the short run tries each fifth.
            marks=pytest.mark.slow if days < 0 and place % 5 else [],
        )
        for days in (21, -400)
        for place, found in enumerate(EXAMPLES)
    ],
)
def test_preview_shows_the_mail_about_a_real_talk(admin_client, found, days):
    talk = make_talk(starts_in=timedelta(days=days))
    query = {"talk": talk.pk}

    page = admin_client.get(reverse("admin:mail_preview", args=[found.name]), query)
    html = admin_client.get(reverse("admin:mail_preview_html", args=[found.name]), query)

    assert escape(page.context["message"].body) in page.content.decode()
    assert html["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
    )
    assert html.content.decode().startswith("<!DOCTYPE html>")
    talk.refresh_from_db()
    assert (talk.status, talk.title) == (Talk.Status.PUBLISHED, TITLE)
    assert OutgoingMail.objects.count() == 0


def test_previews_take_the_next_talk(admin_client):
    make_talk(starts_in=timedelta(days=50), title="Später")
    make_talk(title="Bald")

    response = admin_client.get(reverse("admin:mail_previews"))

    assert response.context["talk"].title == "Bald"


@pytest.mark.parametrize(
    "talk",
    [
        "0",
        "9" * 30,
        *(pytest.param(pk, marks=pytest.mark.slow) for pk in ("99999999", "x", "-1", "²")),
    ],
)
def test_previews_of_an_unknown_talk_or_mail_are_no_error(admin_client, talk):
    assert admin_client.get(reverse("admin:mail_previews"), {"talk": talk}).status_code == 404
    make_talk()
    assert (
        admin_client.get(reverse("admin:mail_preview", args=["gibt-es-nicht"])).status_code == 404
    )


def test_previews_are_for_those_who_may_see_the_mails(client, django_user_model):
    make_talk()
    client.force_login(django_user_model.objects.create_user("gast", is_staff=True))

    paths = [
        reverse("admin:mail_previews"),
        reverse("admin:mail_preview", args=["signed_up"]),
        reverse("admin:mail_preview_html", args=["signed_up"]),
    ]
    assert [client.get(path).status_code for path in paths] == [403] * 3
