"""Somebody is entered by hand, and what is known of a person is put right."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from events.models import Municipality
from registration.models import OutgoingMail, Registration
from tests.html_form import form_data
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PERSON = "admin:registration_registration_person"
LIST = "/admin/registration/registration/"
KIM = {"name": "Kim Beispiel", "email": "kim@stadt.example", "municipality": ""}
LEA = {"name": "Lea Beispiel", "email": " Lea@STADT.example"}


def page(client, name, pk) -> str:
    return client.get(reverse(f"admin:{name}", args=[pk])).content.decode()


def test_town_is_corrected_without_a_mail(admin_client):
    row = make_registration()
    town = Municipality.objects.create(name="Herzberg", land="Brandenburg")
    correct = reverse("admin:correct_registration", args=[row.pk])
    before = OutgoingMail.objects.count()

    admin_client.post(correct, KIM | {"municipality": town.pk})

    row.refresh_from_db()
    assert (row.municipality, OutgoingMail.objects.count()) == (town, before)


def test_address_that_is_taken_or_wrong_is_refused_with_a_word(admin_client):
    row = make_registration()
    make_registration(row.talk, email="lea@stadt.example")
    correct = reverse("admin:correct_registration", args=[row.pk])

    for email, word in [("lea@stadt.example", "schon jemand"), ("lea@", "vollständige")]:
        response = admin_client.post(correct, KIM | {"email": email})
        assert (response.status_code, word in response.content.decode()) == (422, True)
    assert admin_client.get(reverse("admin:correct_registration", args=[0])).status_code == 404


def test_somebody_is_entered_by_hand(admin_client):
    talk = make_talk(capacity=1, waiting_list=False)
    add = reverse("admin:add_participant", args=[talk.pk])

    assert admin_client.post(add, LEA).status_code == 302
    refused = admin_client.post(add, LEA | {"email": "kim@stadt.example"}).content.decode()
    assert "nimmt niemanden mehr auf: Ausgebucht." in refused
    admin_client.post(add, LEA | {"email": "kim@stadt.example", "extra_seat": "on"})

    rows = Registration.objects.order_by("pk").values_list("email", "state")
    assert list(rows) == [("Lea@stadt.example", "confirmed"), ("kim@stadt.example", "confirmed")]
    assert OutgoingMail.objects.filter(kind="signed_up").count() == 2
    assert "https" in admin_client.post(add, {"name": "https://x"}).content.decode()


def test_who_is_known_already_is_not_entered_again_and_that_is_said(admin_client):
    row = make_registration(name="Kim Beispiel", question="Wie?")
    add = reverse("admin:add_participant", args=[row.talk_id])

    response = admin_client.post(add, KIM | {"name": "Kim Neu"}, follow=True)

    assert "schon jemand eingetragen: Kim Beispiel, Angemeldet" in response.content.decode()
    assert response.redirect_chain[0][0] == reverse(PERSON, args=[row.pk])
    assert Registration.objects.get().name == "Kim Beispiel"
    assert LogEntry.objects.count() == 0


def test_who_waits_is_entered_once_more_to_get_a_seat(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk, email="erste@stadt.example")
    make_registration(talk)
    add = reverse("admin:add_participant", args=[talk.pk])

    said = admin_client.post(add, KIM | {"extra_seat": "on"}, follow=True).content.decode()

    assert "Kim Beispiel: Angemeldet, mit Mail." in said
    assert talk.registrations.filter(state="confirmed").count() == 2


def said_after(client, row, **changes) -> str:
    now = {"name": row.name, "email": row.email, "organisation": row.organisation}
    now |= {"municipality": row.municipality_id or ""}
    sent = now | {f"initial-{name}": value for name, value in now.items()} | changes
    path = reverse("admin:correct_registration", args=[row.pk])
    response = client.post(path, sent, follow=True)
    assert response.redirect_chain[0][0] == reverse(PERSON, args=[row.pk])
    return response.content.decode()


def test_town_that_somebody_took_away_is_not_asked_for_again(admin_client):
    town = Municipality.objects.create(name="Gudensberg", land="Hessen")
    row = make_registration(organisation="Verein ohne Ort")
    Registration.objects.update(municipality=town)
    row.refresh_from_db()

    said_after(admin_client, row, municipality="")
    row.refresh_from_db()
    assert (row.municipality, row.town_settled) == (None, True)
    assert not Registration.objects.lacking_town().exists()

    # Of another organisation nobody has said it.
    said_after(admin_client, row, organisation="Büro A")
    assert Registration.objects.lacking_town().get() == row


def test_correcting_nothing_says_so(admin_client):
    row = make_registration(organisation="Stadt Gudensberg")

    assert "Es ist nichts geändert." in said_after(admin_client, row)
    assert LogEntry.objects.count() == 0


def test_name_is_corrected_everywhere_and_the_organisation_where_it_was_the_same(admin_client):
    Municipality.objects.create(name="Vrees", land="Niedersachsen")
    first = make_registration(name="Kim Bespiel", organisation="Stat Gudensberg")
    second = make_registration(
        make_talk(title="Zwei"), name="Kim Bespiel", organisation="Stat Gudensberg"
    )
    third = make_registration(make_talk(title="Drei"), name="Kim B.", organisation="Kreis")
    lea = make_registration(first.talk, email="lea@stadt.example", organisation="Stat Gudensberg")
    mails = OutgoingMail.objects.count()

    changes = {"name": "Kim Beispiel", "organisation": "Gemeinde Vrees"}
    said = said_after(admin_client, first, **changes)

    assert "Berichtigt. Ort: Vrees (Niedersachsen)." in said
    for row in (first, second, third, lea):
        row.refresh_from_db()
    assert {row.name for row in (first, second, third)} == {"Kim Beispiel"}
    assert [row.organisation for row in (first, second, third, lea)] == [
        "Gemeinde Vrees",
        "Gemeinde Vrees",
        "Kreis",
        "Stat Gudensberg",
    ]
    assert [str(row.municipality) for row in (first, second, third)] == [
        "Vrees (Niedersachsen)",
        "Vrees (Niedersachsen)",
        "None",
    ]
    assert OutgoingMail.objects.count() == mails
    assert LogEntry.objects.get().change_message == "Name, Organisation, Ort berichtigt."
    said = said_after(admin_client, Registration.objects.get(pk=first.pk), organisation="Büro")
    assert "Ein Ort ist damit nicht bekannt." in said


def test_two_who_correct_at_once_do_not_undo_each_other(admin_client):
    row = make_registration(name="Kim Bespiel", organisation="Stat")
    Registration.objects.correct_person(row, {"name": "Kim Beispiel"})

    said_after(admin_client, row, organisation="Stadt")  # the form of somebody else is older

    row.refresh_from_db()
    assert (row.name, row.organisation) == ("Kim Beispiel", "Stadt")


def test_address_and_name_are_corrected_in_one_go(admin_client):
    row = make_registration(name="Kim Bespiel")

    said = said_after(admin_client, row, name="Kim Beispiel", email="neu@stadt.example")

    row.refresh_from_db()
    assert (row.name, row.email) == ("Kim Beispiel", "neu@stadt.example")
    assert "Berichtigt." in said
    assert "Die Links gehen noch einmal hinaus, an die neue Adresse." in said


def test_history_of_it_all_names_nobody(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    admin_client.post(reverse("admin:add_participant", args=[talk.pk]), LEA)
    row = Registration.objects.get()
    correct = reverse("admin:correct_registration", args=[row.pk])
    admin_client.post(correct, LEA | {"email": "lea@b.example"})
    clock.move_to(talk.starts_at)
    file = SimpleUploadedFile("lea.csv", b"Email,Duration\nlea@b.example,30\n")
    admin_client.post(reverse("admin:import_attendance", args=[talk.pk]), {"file": file})
    review = reverse("admin:review_attendance", args=[talk.pk])
    sent = form_data(admin_client.get(review).content.decode(), "review_form")
    admin_client.post(review, sent | {"uebernehmen": "1"})

    written = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert list(written) == [
        (f"Anmeldung Nr. {row.pk}", "Von Hand eingetragen."),
        (f"Anmeldung Nr. {row.pk}", "Adresse berichtigt, Mails noch einmal verschickt."),
        (f"Anmeldung Nr. {row.pk}", "Minuten aus dem Bericht des Videosystems übernommen."),
        (talk.title, "Bericht übernommen: Minuten bei 1 Person, 0 Gäste."),
    ]
