"""Who did what: told of organisers, never of participants."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from events.models import Talk
from registration.models import OutgoingMail, Registration
from registration.privacy.history import NamesNobody
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PERSON = {
    "name": "Änne Marker",
    "email": "marker@stadt.example",
    "organisation": "Amt Marker",
    "question": "Marker?",
}


def act(client, model, action, *rows):
    chosen = [row.pk for row in rows]
    data = {"action": action, "_selected_action": chosen, "ja": action}
    client.post(reverse(f"admin:registration_{model}_changelist"), data)


def entries() -> list[tuple]:
    return list(
        LogEntry.objects.order_by("pk").values_list(
            "user__username", "content_type__model", "object_id", "object_repr", "change_message"
        )
    )


def test_organiser_who_cancels_and_sends_is_named_and_the_person_is_not(admin_client):
    row = make_registration(**PERSON)
    other = make_registration(row.talk, name="Kim", email="andere@stadt.example")
    other.cancel()
    mail = OutgoingMail.objects.filter(registrations=row).get()
    OutgoingMail.objects.filter(pk=mail.pk).update(state="failed")

    act(admin_client, "outgoingmail", "resend_selected", mail)
    # Who has left already stays as they are: nothing happened, nothing is told.
    act(admin_client, "registration", "cancel_selected", row, other)

    assert entries() == [
        (
            "admin",
            "outgoingmail",
            str(mail.pk),
            f"Ausgehende Mail Nr. {mail.pk}",
            "Noch einmal verschickt.",
        ),
        (
            "admin",
            "registration",
            str(row.pk),
            f"Anmeldung Nr. {row.pk}",
            "Abgemeldet, mit Mail.",
        ),
    ]
    assert "marker" not in repr(list(LogEntry.objects.values())).lower()


@pytest.mark.parametrize("model", [Registration, OutgoingMail])
def test_nothing_that_is_logged_of_a_row_names_the_person(rf, admin_user, model):
    make_registration(**PERSON)
    page = admin.site._registry[model]
    request = rf.get("/")
    request.user = admin_user

    row = model.objects.get()
    page.log_addition(request, row, [{"added": {}}])
    page.log_change(request, row, [{"changed": {"fields": ["Name"]}}])
    page.log_deletions(request, model.objects.all())

    kept = repr(list(LogEntry.objects.values())).lower()
    assert LogEntry.objects.count() == 3
    assert "marker" not in kept
    assert [entry.get_edited_object() for entry in LogEntry.objects.all()] == [row] * 3


def test_every_page_about_people_logs_without_names():
    """Whoever registers one more model of people here has to think of the history."""
    named = {
        model.__name__
        for model, page in admin.site._registry.items()
        if model._meta.app_label == "registration" and not isinstance(page, NamesNobody)
    }

    assert named == set()


def test_history_tells_of_talks_by_their_title(admin_client):
    talk = make_talk()
    admin_client.post(reverse("admin:events_talk_delete", args=[talk.pk]), {"post": "yes"})

    assert entries() == [("admin", "talk", str(talk.pk), TITLE, "")]
    assert Talk.objects.count() == 0
