"""The page on which organisers say when a message shall go out."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from registration.models import Message, OutgoingMail
from registration.models.mails import organiser_message
from tests.html_form import form_data
from tests.makers import make_message, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

IN_THREE_DAYS = {"send_at_0": "2025-11-08", "send_at_1": "10:00"}
GEPLANT = "geplant für 8.\u00a0November 2025, 10:00\u00a0Uhr"


def page(name, message) -> str:
    return reverse(f"admin:{name}", args=[message.pk])


def text_of(response) -> str:
    return response.content.decode()


def test_message_is_planned_changed_stopped_and_planned_anew(admin_client, clock):
    talk = make_talk()
    make_registration(talk)
    OutgoingMail.objects.all().delete()
    message = make_message(talk)
    assert page("plan_message", message) in text_of(
        admin_client.get(page("check_message", message))
    )

    asked = admin_client.get(page("plan_message", message))
    assert "Jetzt ist es 1 Person." in text_of(asked)
    said = admin_client.post(page("plan_message", message), IN_THREE_DAYS, follow=True)
    assert f"Stand: <strong>{GEPLANT}</strong>" in text_of(said)
    assert "jetzt ist es 1 Person" in text_of(said)
    for offered in ("stop_message", "plan_message"):
        assert page(offered, message) in text_of(said)
    for hidden in ("release_message", "registration_message_change", "delete_draft"):
        assert page(hidden, message) not in text_of(said)
    assert not OutgoingMail.objects.exists()

    shown = text_of(admin_client.get(page("plan_message", message)))
    assert [part in shown for part in ('value="08.11.2025"', 'value="10:00"')] == [True, True]
    written = {"send_at_0": "9.11.2025", "send_at_1": "10 Uhr"}
    admin_client.post(page("plan_message", message), written)
    assert "9.\u00a0November 2025, 10:00\u00a0Uhr" in Message.objects.get().standing

    assert GEPLANT.replace("8.", "9.") in text_of(admin_client.get(page("stop_message", message)))
    stopped = text_of(admin_client.post(page("stop_message", message), follow=True))
    assert "Sie können die Nachricht wieder ändern" in stopped
    assert "Stand: <strong>angehalten</strong>" in stopped
    assert page("registration_message_change", message) in stopped

    admin_client.post(page("plan_message", message), IN_THREE_DAYS)
    clock.shift(timedelta(days=3, hours=1))
    assert organiser_message.release_due() == 1
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        f"{GEPLANT[0].upper()}{GEPLANT[1:]}.",
        "Geplant für 9.\u00a0November 2025, 10:00\u00a0Uhr.",
        "Angehalten.",
        f"{GEPLANT[0].upper()}{GEPLANT[1:]}.",
    ]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"send_at_0": "2025-11-04", "send_at_1": "10:00"}, "schon vorbei"),
        ({"send_at_0": "2026-02-01", "send_at_1": "10:00"}, "werden die Namen gelöscht"),
        ({"send_at_0": "2025-11-08", "send_at_1": ""}, "ein Datum und eine Uhrzeit"),
        ({}, "ein Datum und eine Uhrzeit"),
        ({"send_at_0": "morgen", "send_at_1": "früh"}, "gültiges Datum"),
        ({"send_at_0": "2026-03-29", "send_at_1": "02:30"}, ""),  # an hour that does not exist
    ],
)
def test_moment_that_cannot_be_is_said_beside_what_was_typed(admin_client, typed, wrong):
    message = make_message(make_talk())

    response = admin_client.post(page("plan_message", message), typed)

    assert response.status_code == 422
    assert wrong in text_of(response)
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in text_of(response)
    assert not Message.objects.get().is_planned


def test_what_a_colleague_has_changed_meanwhile_is_not_planned_unread(admin_client):
    message = make_message(make_talk())
    seen = form_data(text_of(admin_client.get(page("plan_message", message))), "plan-form")
    Message.objects.update(text="Anders & neu")

    said = admin_client.post(page("plan_message", message), seen | IN_THREE_DAYS, follow=True)

    assert "inzwischen geändert" in text_of(said)
    assert not Message.objects.get().is_planned


def test_planned_message_is_not_edited(admin_client):
    message = make_message(make_talk())
    admin_client.post(page("plan_message", message), IN_THREE_DAYS)
    change = page("registration_message_change", message)

    assert admin_client.get(change)["Location"] == page("check_message", message)
    words = {"talk": message.talk_id, "recipients": "confirmed", "subject": "X", "text": "Y"}
    assert admin_client.post(change, words).status_code == 403
    assert admin_client.post(page("delete_draft", message)).status_code == 302
    assert Message.objects.get().text == "Bis {termin}!"


def test_message_that_has_gone_out_cannot_be_planned(admin_client):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk)
    message.release()

    response = admin_client.post(page("plan_message", message), IN_THREE_DAYS)

    assert response["Location"] == page("check_message", message)
    assert not Message.objects.get().is_planned
