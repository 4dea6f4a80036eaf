"""The organisers' list of towns that would like to report, and who hears of a new one."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from registration.desk import notices
from registration.models import Erasure, Offer, OutgoingMail
from tests.makers import make_offer
from tests.webtalks.team.people import make_colleague

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LIST = reverse("admin:registration_offer_changelist")


def act(client, action, *rows, **fields):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0"}
    return client.post(LIST, chosen | fields, follow=True).content.decode()


def test_list_says_who_waits_and_leads_to_the_organisers_mail(admin_client):
    make_offer(email="kim+test@stadt.example")

    html = admin_client.get(LIST).content.decode()

    assert "wartet auf Antwort" in html
    mail = "mailto:kim%2Btest@stadt.example?subject=Ihr%20Angebot%3A%20Gemeinde%20Gr"
    assert mail in html.replace("%40", "@")
    assert "Der Bahnhof &amp; das" in html


def test_answer_is_noted_from_the_page_of_the_offer(admin_client):
    offer = make_offer()
    page = reverse("admin:registration_offer_change", args=[offer.pk])
    assert "Als beantwortet vermerken" in admin_client.get(page).content.decode()

    html = act(admin_client, "answer_selected", offer)

    offer.refresh_from_db()
    assert (offer.is_answered, "Als beantwortet vermerkt: 1 von 1." in html) == (True, True)
    assert "Doch nicht beantwortet" in admin_client.get(page).content.decode()
    act(admin_client, "reopen_selected", offer)
    assert Offer.objects.open().count() == 1
    # The history calls nobody by name.
    entries = LogEntry.objects.values_list("object_repr", flat=True)
    assert set(entries) == {f"Angebot zu berichten Nr. {offer.pk}"}


def test_offers_are_erased_after_asking(admin_client):
    offer, other = make_offer(), make_offer(email="lea@stadt.example")

    asked = act(admin_client, "erase_selected", offer)
    assert ("Löschen?" in asked, Offer.objects.count()) == (True, 2)
    act(admin_client, "erase_selected", offer, ja="erase_selected")

    assert [*Offer.objects.all()] == [other]
    assert Erasure.objects.get().reason == "organiser"


# Who hears of it


def told() -> list[str]:
    mails = OutgoingMail.objects.filter(kind="offer")
    return list(mails.order_by("pk").values_list("recipient", flat=True))


def test_each_organiser_who_answers_hears_of_it_once(clock):
    make_colleague(email="red@verein.example", roles=["Redaktion"])
    make_colleague("liest", email="liest@verein.example", roles=["Lesend"])
    make_offer()
    make_offer(email="lea@stadt.example")

    for _ in range(2):
        notices.tell_organisers()
    assert told() == ["red@verein.example"]  # two at once are one mail

    clock.shift(timedelta(hours=1))
    make_offer(email="pia@stadt.example")
    notices.tell_organisers()
    assert told() == ["red@verein.example"] * 2


def test_what_is_answered_or_old_is_no_news(clock):
    make_colleague(email="red@verein.example", roles=["Redaktion"])
    make_offer()
    Offer.objects.all().mark_answered()
    make_offer(email="lea@stadt.example")
    clock.shift(timedelta(days=3))

    notices.tell_organisers()

    assert told() == []


def test_first_page_says_how_many_wait(client):
    client.force_login(make_colleague(roles=["Redaktion"]))
    for number in range(6):
        make_offer(town=f"Ort {number}", email=f"p{number}@stadt.example")

    html = client.get("/admin/").content.decode()

    assert "6\xa0Kommunen möchten selbst berichten und warten auf Ihre Antwort." in html
    assert f'href="{LIST}?is_answered__exact=0"' in html
    Offer.objects.all().mark_answered()
    assert "selbst berichten und" not in client.get("/admin/").content.decode()
    make_offer(town="Noch einer")
    assert "Eine Kommune möchte selbst" in client.get("/admin/").content.decode()
