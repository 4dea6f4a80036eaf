"""One person across all talks: find, tell, erase."""

import json
import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.urls import reverse

from registration.models import Erasure, Interest, OutgoingMail, Registration
from registration.privacy.own_data import Person
from tests.makers import TITLE, make_groups, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"
FIND, DATA, LETTER, ERASE = (
    f"/admin/registration/registration/person/{page}"
    for page in ("", "auskunft/", "auskunft/brief/", "loeschen/")
)


@pytest.fixture
def organiser(client):
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name="Teilnehmende"))
    client.force_login(user)
    return user


@pytest.fixture
def kim():
    """Return two registrations of a person who is on the interest list too."""
    first = make_registration(name="Kim Müller", question="Wie & warum?", organisation="Stadt")
    second = make_registration(make_talk(title="Zweiter"), email="KIM@stadt.example")
    Interest.objects.ask(KIM)
    make_registration(first.talk, name="Kim Anders", email="anders@stadt.example")
    return first, second


def text(response) -> str:
    html = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(html).split())


def entries() -> list[tuple]:
    found = LogEntry.objects.order_by("pk")
    return list(found.values_list("user__username", "object_repr", "change_message"))


def test_address_finds_everything_however_it_is_written(client, organiser, kim):
    for who in (KIM, " Kim@STADT.example "):
        response = client.post(FIND, {"who": who}, follow=True)
        shown = text(response)

        assert response.status_code == 200
        assert [word in shown for word in (TITLE, "Zweiter", "Wartet auf Bestätigung")] == [
            True
        ] * 3
        assert shown.count("Anmeldung bestätigt / Warteliste") == 2
        assert "Neue Termine per E-Mail: bestätigen" in shown
        assert "anders@" not in shown
        assert "no-store" in response["Cache-Control"]


def test_name_finds_who_it_may_be(client, organiser, kim):
    response = client.post(FIND, {"who": "kim"})

    found = re.findall(
        r"<td>(Kim[^<]*)</td><td>([^<]*)</td>",
        response.content.decode(),
    )
    assert found == [
        ("Kim Anders", "anders@stadt.example"),
        ("Kim Beispiel", KIM),
        ("Kim Müller", KIM),
    ]
    nobody = (
        "Niemand mit diesem Namen ist angemeldet. Wer vorträgt, ist mit der Adresse zu finden."
    )
    assert nobody in text(client.post(FIND, {"who": "Zzz"}))


@pytest.mark.parametrize("who", ["", "k", "@", "kim@", "x@" + "y" * 300])
def test_nonsense_gets_a_message(client, organiser, who):
    response = client.post(FIND, {"who": who})

    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()


def test_unknown_address_is_said(client, organiser):
    assert "Über diese Adresse ist nichts gespeichert." in text(client.post(FIND, {"who": KIM}))
    for page in (DATA, ERASE):
        assert client.post(page, {"who": KIM}).url == FIND
        assert client.get(page).url == FIND


def test_address_stands_in_no_address(client, organiser, kim):
    """Neither a form sends it there, nor a link, nor a redirection."""
    for page in (FIND, DATA, LETTER, ERASE):
        html = client.post(page, {"who": KIM}, follow=True).content.decode()
        targets = re.findall(r'(?:href|action|src)="([^"]*)"', html)
        assert [target for target in targets if "kim" in target.lower()] == []
        assert re.findall(r'<form(?! id="logout-form")[^>]*method="(\w+)"', html, re.I) != []
    assert client.get(FIND, {"who": KIM}).content.decode().count(KIM) == 0


def test_first_page_and_list_lead_there(client, organiser):
    for page in ("/admin/", "/admin/registration/registration/"):
        assert f'"{FIND}"' in client.get(page).content.decode()
    client.force_login(User.objects.create_user("gast", is_staff=True))
    assert FIND not in client.get("/admin/").content.decode()


def test_data_are_said_first_then_given(client, organiser, kim):
    first, second = kim
    said = text(client.post(DATA, {"who": KIM}))
    assert "2 Anmeldungen, den Eintrag für neue Termine, 3 Mails" in said
    assert entries() == []

    response = client.post(DATA, {"who": KIM, "ja": "1"})

    assert response["Content-Disposition"] == 'attachment; filename="auskunft.json"'
    assert "no-store" in response["Cache-Control"]
    told = json.loads(response.content)
    assert [row["Kennung"] for row in told["Anmeldungen"]] == [str(first.uuid), str(second.uuid)]
    assert told["Anmeldungen"][0]["Frage"] == "Wie & warum?"
    assert [row["E-Mail-Adresse"] for row in told["Neue Termine per E-Mail"]] == [KIM]
    assert [(mail["Art"], mail["An"]) for mail in told["E-Mails"]][-1] == (
        "Anmeldung bestätigt / Warteliste",
        KIM,
    )
    assert [entry["Was"] for entry in told["Bearbeitungen durch die Veranstalter"]] == [
        "Auskunft erteilt."
    ] * 3
    assert "anders@" not in response.content.decode()
    assert entries() == [
        ("orga", f"Anmeldung Nr. {first.pk}", "Auskunft erteilt."),
        ("orga", f"Anmeldung Nr. {second.pk}", "Auskunft erteilt."),
        ("orga", f"Eintrag für neue Termine Nr. {Interest.objects.get().pk}", "Auskunft erteilt."),
    ]


def test_every_field_about_the_person_is_in_the_file(client, organiser, kim):
    """A field that is added has to be told, or named here."""
    inner = {"id", "key", "email_key", "organizer", "talk", "anonymised_at"}
    fields = {field.name for field in Registration._meta.fields} - inner
    told = json.loads(client.post(DATA, {"who": KIM, "ja": "1"}).content)["Anmeldungen"][0]

    assert len(fields) == len(set(told) - {"Talk", "Beginn"})
    interest = json.loads(client.post(DATA, {"who": KIM, "ja": "1"}).content)[
        "Neue Termine per E-Mail"
    ][0]
    kept = {field.name for field in Interest._meta.get_fields()} - inner - {"mails", "wants_all"}
    assert len(kept) == len(set(interest) - {"Grund"})  # found in its mails


def test_mails_of_the_former_owner_are_not_told_to_the_new(client, organiser):
    row = make_registration()
    row.hand_over(name="Lea", email="lea@stadt.example")

    response = client.post(DATA, {"who": "lea@stadt.example", "ja": "1"})
    assert [mail["Art"] for mail in json.loads(response.content)["E-Mails"]] == ["Platz erhalten"]


def test_erasing_asks_first_then_takes_everything(client, organiser, kim):
    first, second = kim
    asked = text(client.post(ERASE, {"who": KIM}))
    assert [word in asked for word in (TITLE, "Zweiter", "2 Anmeldungen")] == [True] * 3
    assert "der Eintrag für neue Termine" in asked
    assert "selbst zu berichten" not in asked
    assert Registration.objects.of(KIM).count() == 2

    response = client.post(ERASE, {"who": KIM, "ja": "1"}, follow=True)

    assert response.redirect_chain == [(FIND, 302)]
    assert "Alle Angaben der Person sind gelöscht." in text(response)
    assert (Registration.objects.of(KIM).count(), Interest.objects.count()) == (0, 0)
    assert set(Erasure.objects.values_list("reason", flat=True)) == {"organiser"}
    assert [entry[1:] for entry in entries()][:2] == [
        (f"Anmeldung Nr. {first.pk}", "Alle Angaben der Person gelöscht."),
        (f"Anmeldung Nr. {second.pk}", "Alle Angaben der Person gelöscht."),
    ]
    assert len(entries()) == 3
    # The two last mails have it until they are sent; nothing else does.
    holding = OutgoingMail.objects.to_address("anders@stadt.example")
    assert set(OutgoingMail.objects.exclude(recipient="").values_list("kind", flat=True)) == {
        "erased",
        *holding.values_list("kind", flat=True),
    }
    assert client.post(ERASE, {"who": KIM, "ja": "1"}).url == FIND


def test_mails_to_an_account_are_no_participants(organiser):
    """Whoever looks after the people learns nothing of them, and erases none."""
    OutgoingMail.objects.enqueue_to_account("new_password", organiser, recipient=KIM)

    assert not Person.of(KIM).is_known


def test_organiser_takes_somebody_off_the_interest_list(client, organiser):
    active, ended = (
        Interest.objects.create(email=f"{state}@b.example", email_key=state, state=state)
        for state in ("active", "ended")
    )
    url = reverse("admin:registration_interest_changelist")
    assert "ended@b.example" not in text(client.get(url, {"state__exact": "active"}))

    chosen = [active.pk, ended.pk]
    data = {"action": "withdraw_selected", "_selected_action": chosen, "ja": "withdraw_selected"}
    response = client.post(url, data, follow=True)

    assert "Ausgetragen: 1 von 2." in text(response)
    assert set(Interest.objects.values_list("state", flat=True)) == {"ended"}
    assert entries() == [("orga", f"Eintrag für neue Termine Nr. {active.pk}", "Ausgetragen.")]


def test_erasure_log_can_be_read(client, organiser):
    row = make_registration()
    row.anonymise()

    shown = text(client.get(reverse("admin:registration_erasure_changelist")))

    assert [word in shown for word in (str(row.uuid), "von der Person selbst", "Anmeldung")] == [
        True
    ] * 3
