"""What can be done with a registration, and why not."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from events.models import Talk
from registration.desk.people.verbs import VERBS, offered
from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def words(row) -> list[str]:
    return list(offered(Registration.objects.select_related("talk").get(pk=row.pk)))


def test_each_state_offers_what_changes_something(clock):
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")
    pending = make_registration(make_talk(double_opt_in=True, title="Zwei"))
    left = make_registration(make_talk(title="Drei"))
    left.cancel()

    rows = (seated, waiting, pending, left)
    assert [words(row) for row in rows] == [
        ["abmelden"],
        ["abmelden", "nachruecken"],
        ["abmelden", "bestaetigen"],
        [],
    ]

    clock.move_to(talk.starts_at)
    assert [words(row) for row in (seated, waiting)] == [["dabei"], []]
    Registration.objects.get(pk=seated.pk).join()
    assert words(seated) == ["dabei"]
    Registration.objects.filter(pk=seated.pk).mark_present()
    assert words(seated) == ["vermerk-loeschen"]

    clock.move_to(talk.ends_at)
    Registration.objects.get(pk=seated.pk).anonymise()
    assert words(seated) == []


def test_page_asks_then_does_it_and_notes_it(admin_client):
    row = make_registration(name="Änne & Co")
    url = reverse("admin:act_on_registration", args=[row.pk, "abmelden"])

    asked = admin_client.get(url).content.decode()
    assert ("Änne &amp; Co" in asked, "Zurücknehmen lässt es sich nicht" in asked) == (True, True)
    row.refresh_from_db()
    assert row.state == "confirmed"

    response = admin_client.post(url, follow=True)

    row.refresh_from_db()
    assert (row.state, row.state_reason) == ("cancelled", "organiser")
    assert response.redirect_chain[0][0] == f"/admin/registration/registration/{row.pk}/person/"
    assert "Abgemeldet: 1 von 1." in response.content.decode()
    assert LogEntry.objects.get().change_message == "Abgemeldet, mit Mail."
    assert OutgoingMail.objects.filter(kind="cancelled").count() == 1
    # Pressed twice, or in a tab from long ago.
    again = admin_client.post(url, follow=True).content.decode()
    assert "Unverändert: 1 Person. Grund: ist schon abgemeldet." in again
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("word", [*VERBS, "unsinn"])
def test_erased_and_unknown_rows_have_no_such_page(admin_client, admin_user, clock, word):
    row = make_registration()
    clock.move_to(row.talk.ends_at)
    Registration.objects.get().anonymise()
    admin_client.force_login(admin_user)

    for pk in (row.pk, 0):
        url = reverse("admin:act_on_registration", args=[pk, word])
        assert (admin_client.get(url).status_code, admin_client.post(url).status_code) == (
            404,
            404,
        )


def why(admin_client, word, row) -> str:
    url = reverse("admin:act_on_registration", args=[row.pk, word])
    said = [str(each) for each in admin_client.post(url, follow=True).context["messages"]]
    return said[1].partition("Grund: ")[2] if len(said) > 1 else ""


def test_what_cannot_be_done_is_explained(admin_client, admin_user, clock):
    talk = make_talk(capacity=1, starts_in=timedelta(hours=20))
    seated = make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")
    Talk.objects.filter(pk=talk.pk).update(double_opt_in=True)
    pending = make_registration(Talk.objects.get(pk=talk.pk), email="c@stadt.example")

    assert why(admin_client, "bestaetigen", waiting) == (
        "hat bestätigt und wartet; einen Platz gibt „Nachrücken lassen“."
    )
    assert why(admin_client, "bestaetigen", seated) == "ist schon angemeldet."
    assert why(admin_client, "nachruecken", seated) == "hat schon einen Platz."
    assert why(admin_client, "nachruecken", pending) == "wartet nicht auf einen Platz."
    assert why(admin_client, "dabei", seated) == "der Talk steht noch bevor."
    assert why(admin_client, "dabei", waiting) == "hat keinen Platz."
    assert why(admin_client, "vermerk-loeschen", seated) == "ist nicht vermerkt."

    Talk.objects.filter(pk=talk.pk).update(waiting_list=False)
    assert why(admin_client, "bestaetigen", pending) == (
        "der Talk ist inzwischen voll, hat begonnen oder findet nicht statt."
    )
    clock.move_to(talk.starts_at)
    admin_client.force_login(admin_user)
    assert why(admin_client, "nachruecken", waiting) == "der Talk hat begonnen."
    assert why(admin_client, "abmelden", waiting) == "der Talk hat begonnen."
    Registration.objects.filter(pk=seated.pk).update(minutes_present=60)
    assert why(admin_client, "dabei", seated) == "war nach dem Bericht dabei."


def test_nobody_moves_up_into_a_talk_that_is_called_off(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")
    Talk.objects.filter(pk=talk.pk).update(status="cancelled")

    assert why(admin_client, "nachruecken", waiting) == "der Talk findet nicht statt."
