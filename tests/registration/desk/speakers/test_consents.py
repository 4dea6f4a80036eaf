"""What speakers agreed to, as organisers see it, and the note that somebody has withdrawn it."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings as site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Material, Revision, Speaker
from registration.models import Consent, SpeakerLink
from tests.events.upload_files import PDF, upload
from tests.makers import TITLE, make_groups, make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

FILM = {"title": 'Film & "Ton"', "url": "https://video.example/a", "recording": "captioned"}


@pytest.fixture
def organiser(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name="Redaktion"))
    client.force_login(user)
    return user


@pytest.fixture
def link(organiser):
    """Give somebody who agreed to both; a recording, slides and a link are there."""
    link = make_speaker_link()
    link.talk.materials.create(**FILM)
    slides = upload(PDF, "Folien.pdf", "application/pdf")
    link.talk.materials.create(title="Folien", file=slides)
    link.talk.materials.create(title="Quelle", url="https://stadt.example/q")
    for kind in Consent.Kind:
        Consent.objects.give(link, kind)
    return link


def test_who_was_asked_and_has_not_answered_is_named(client, organiser):
    link = make_speaker_link(make_talk(is_recorded=True))
    nobody = Speaker.objects.create(talk=link.talk, name="Jörg Öz", position=1)
    open_question = "Noch ohne Antwort: Sina Massow (Aufzeichnung und Folien)."
    assert open_question in text(client.get(page(link.talk)))

    Consent.objects.give(link, "slides")
    assert "Sina Massow (Aufzeichnung)." in text(client.get(page(link.talk)))
    Consent.objects.give(link, "recording").withdraw()
    assert "Noch ohne Antwort" not in text(client.get(page(link.talk)))
    assert f"{nobody.name} (" not in text(client.get(page(link.talk)))


def page(talk) -> str:
    return f"/admin/events/talk/{talk.pk}/einwilligungen/"


def withdrawal(consent) -> str:
    return f"{page(consent.talk)}{consent.pk}/"


def text(response) -> str:
    html = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(html).split())


def ticked(response) -> dict[str, bool]:
    """Return the titles of the materials that are offered, and whether they are ticked."""
    boxes = re.findall(
        r'<input type="checkbox" name="remove" value="\d+"( checked)?> (.*?) <span',
        response.content.decode(),
    )
    return {unescape(title): bool(checked) for checked, title in boxes}


def test_page_says_who_agreed_to_what_when_and_in_which_words(client, link):
    shown = text(client.get(page(link.talk)))

    for kind, wording in Consent.WORDINGS.items():
        assert f"Sina Massow {kind.label} {wording.text} Fassung {wording.version}" in shown
    assert shown.count("5.11.2025 9:00 Uhr") == 2
    assert shown.count("Widerruf vermerken …") == 2
    assert "ohne Einwilligung" not in shown
    form = client.get(f"/admin/events/talk/{link.talk.pk}/change/").content.decode()
    assert f'<a href="{page(link.talk)}">Einwilligungen</a>' in form


def test_talk_without_any_says_how_they_come(client, organiser):
    shown = text(client.get(page(make_talk())))

    assert "Zu diesem Talk hat noch niemand eingewilligt." in shown
    assert "ohne Einwilligung" not in shown


def test_material_without_the_consent_of_everybody_is_said(client, link):
    Speaker.objects.create(talk=link.talk, name="Lea Groß")
    Consent.objects.get(kind="slides").withdraw()

    shown = text(client.get(page(link.talk)))

    said = "steht bei diesem Talk. Hier hat nicht eingewilligt:"
    assert f'Aufzeichnung ohne Einwilligung: „Film & "Ton"“ {said} Lea Groß.' in shown
    assert f"Folien ohne Einwilligung: „Folien“ {said} Sina Massow, Lea Groß." in shown


def test_consent_still_counts_once_the_address_is_gone(client, link):
    SpeakerLink.objects.get().erase("retention")

    shown = text(client.get(page(link.talk)))

    assert ("ohne Einwilligung" in shown, shown.count("Sina Massow")) == (False, 4)
    Speaker.objects.update(name="Wer anders")
    assert "Hier hat nicht eingewilligt: Wer anders." in text(client.get(page(link.talk)))


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("recording", {FILM["title"]: True, "Folien": False, "Quelle": False}),
        ("slides", {FILM["title"]: False, "Folien": True, "Quelle": False}),
    ],
)
def test_withdrawal_asks_first_with_the_material_of_its_kind_ticked(client, link, kind, wanted):
    consent = Consent.objects.get(kind=kind)

    asked = client.get(withdrawal(consent))

    assert ticked(asked) == wanted
    assert "Sina Massow hat am 5. November 2025 eingewilligt" in text(asked)
    assert "Angekreuzt ist, worum es in der Einwilligung geht." in text(asked)
    assert Consent.objects.valid().count() == 2


def test_withdrawal_removes_what_is_ticked_and_is_noted(client, link, clock):
    consent = Consent.objects.get(kind="slides")
    slides = Material.objects.get(title="Folien")
    before = Revision.current()
    clock.shift(60)

    answer = client.post(withdrawal(consent), {"remove": [slides.pk]}, follow=True)

    assert answer.redirect_chain == [(page(link.talk), 302)]
    said = "Widerruf vermerkt: Folien. Entfernt: „Folien“."
    assert said in text(answer)
    assert "widerrufen 5.11.2025" in text(answer)
    consent.refresh_from_db()
    assert consent.withdrawn_at == timezone.now()
    assert list(Material.objects.order_by("pk").values_list("title", flat=True)) == [
        FILM["title"],
        "Quelle",
    ]
    files = [path for path in Path(site.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert (files, Revision.current() > before) == ([], True)
    assert list(LogEntry.objects.values_list("object_repr", "change_message")) == [(TITLE, said)]


def test_withdrawal_with_nothing_ticked_leaves_the_material_and_the_page_says_so(client, link):
    consent = Consent.objects.get(kind="recording")

    answer = client.post(withdrawal(consent), follow=True)

    assert "Widerruf vermerkt: Aufzeichnung." in text(answer)
    assert "Aufzeichnung ohne Einwilligung:" in text(answer)
    assert Material.objects.count() == 3


def test_second_click_changes_nothing(client, link):
    consent = Consent.objects.get(kind="slides")
    client.post(withdrawal(consent))
    film = Material.objects.get(title=FILM["title"])

    for answer in (
        client.post(withdrawal(consent), {"remove": [film.pk]}, follow=True),
        client.get(withdrawal(consent), follow=True),
    ):
        assert "Dieser Widerruf ist schon vermerkt." in text(answer)
    assert (Material.objects.count(), LogEntry.objects.count()) == (3, 1)


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "9" * 40, "\0", "1.5"])
def test_nonsense_removes_nothing(client, link, value):
    consent = Consent.objects.get(kind="slides")
    foreign = make_talk().materials.create(**FILM)

    answer = client.post(withdrawal(consent), {"remove": [value, foreign.pk]})

    assert answer.status_code == 302
    assert (Material.objects.count(), Consent.objects.valid().count()) == (4, 1)


def test_talk_without_material_can_be_withdrawn_too(client, organiser):
    consent = Consent.objects.give(make_speaker_link(), "recording")

    assert "Es ist nichts zu entfernen." in text(client.get(withdrawal(consent)))
    client.post(withdrawal(consent))
    assert Consent.objects.valid().count() == 0


def test_consent_of_another_talk_is_not_found(client, link):
    consent, other = Consent.objects.get(kind="slides"), make_talk()

    for path in (f"{page(other)}{consent.pk}/", f"{page(link.talk)}999/"):
        assert client.get(path).status_code == client.post(path).status_code == 404
    assert client.get("/admin/events/talk/999/einwilligungen/").status_code == 404
    assert Consent.objects.valid().count() == 2


@pytest.mark.parametrize("role", ["Teilnehmende", "Lesend"])
def test_page_is_for_who_may_change_the_talk(client, link, organiser, role):
    organiser.groups.set(Group.objects.filter(name=role))
    consent = Consent.objects.get(kind="slides")

    assert client.get(page(link.talk)).status_code == 403
    assert client.post(withdrawal(consent)).status_code == 403
    assert Consent.objects.valid().count() == 2
    form = client.get(f"/admin/events/talk/{link.talk.pk}/change/").content.decode()
    assert page(link.talk) not in form


def test_any_number_of_consents_needs_as_many_queries(client, link):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(page(link.talk))
        return len(captured)

    queries()  # warms what is kept
    first = queries()
    for number in range(5):
        speaker = Speaker.objects.create(talk=link.talk, name=f"Wer {number}")
        other = SpeakerLink.objects.make(speaker, f"w{number}@stadt.example")
        for kind in Consent.Kind:
            Consent.objects.give(other, kind)

    assert queries() == first <= 12
