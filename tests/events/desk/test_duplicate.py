"""A talk as the draft of the next one: what is copied, and for when."""

from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.utils import timezone

from events.desk.duplicate import duplicate
from events.models import Speaker, Talk, Topic
from tests.admin_form import url
from tests.conftest import BERLIN
from tests.events.upload_files import jpeg, upload
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_copy_is_a_draft_on_the_same_weekday_of_next_month(admin_client):
    talk = make_talk(
        starts_at=datetime(2025, 10, 29, 10, tzinfo=BERLIN),
        subtitle="Unten & oben",
        capacity=30,
        waiting_list=False,
        has_captions=True,
        programme="Zoom",
        dial_in="030 123456",
        image=upload(jpeg()),
        image_credit="© Kim",
        recap="War gut.",
        meeting_url="https://video.example/",
        check_at=datetime(2025, 10, 28, 10, tzinfo=BERLIN),
        check_url="https://video.example/probe",
        publish_at=timezone.now() - timedelta(days=9),
    )
    talk.topics.add(Topic.objects.create(name="Wärme & Licht"))
    make_registration(make_talk())

    response = admin_client.post(f"/admin/events/talk/{talk.pk}/duplizieren/", follow=True)

    copy = Talk.objects.latest("pk")
    assert response.redirect_chain == [(url(copy), 302)]
    # Summer time has ended: it is still ten o'clock.
    assert copy.local_starts_at == datetime(2025, 11, 26, 10, tzinfo=BERLIN)
    assert copy.ends_at - copy.starts_at == timedelta(hours=1)
    assert (copy.title, copy.slug, copy.subtitle, copy.municipality) == (
        TITLE,
        "waerme-licht-fuer-gudensberg-3",
        "Unten & oben",
        talk.municipality,
    )
    assert (
        copy.status,
        copy.capacity,
        copy.waiting_list,
        copy.has_captions,
        copy.programme,
        copy.dial_in,
        copy.seats_taken,
    ) == (
        "draft",
        30,
        False,
        True,
        "Zoom",
        "",
        0,
    )
    assert (copy.image.name, copy.recap, copy.meeting_url, copy.publish_at) == ("", "", "", None)
    assert (copy.check_at, copy.check_url, copy.check_sequence) == (None, "", 0)
    assert copy.uid != talk.uid
    assert [str(speaker) for speaker in copy.speakers.all()] == [
        str(speaker) for speaker in talk.speakers.all()
    ]
    assert [topic.name for topic in copy.topics.all()] == ["Wärme & Licht"]
    assert Speaker.objects.filter(talk=talk).count() == 1
    assert LogEntry.objects.get().object_id == str(copy.pk)
    said = [str(message) for message in response.context["messages"]]
    assert said == [
        "Neuer Entwurf für Mittwoch, 26.\u00a0November 2025, 10–11\u00a0Uhr. Bild, Porträts, "
        "Material, Praxisprofil, Zugangslink, Technik-Check und Texte nach dem Talk sind nicht "
        "mitkopiert."
    ]


def test_copy_of_an_old_talk_lies_ahead():
    talk = make_talk(starts_at=datetime(2024, 7, 3, 10, tzinfo=BERLIN))

    assert duplicate(talk).local_starts_at == datetime(2025, 12, 3, 10, tzinfo=BERLIN)


def test_looking_at_the_copy_address_copies_nothing(admin_client):
    talk = make_talk()

    assert admin_client.get(f"/admin/events/talk/{talk.pk}/duplizieren/").status_code == 405
    assert admin_client.post("/admin/events/talk/999/duplizieren/").status_code == 302
    assert admin_client.post("/admin/events/talk/x/duplizieren/").status_code == 302
    assert Talk.objects.count() == 1


def test_copy_takes_no_portrait_along(django_capture_on_commit_callbacks):
    """Each stored file belongs to one row: what happens to the copy costs the talk nothing."""
    talk = make_talk()
    speaker = talk.speakers.get()
    speaker.portrait, speaker.portrait_credit = upload(jpeg()), "© Kim"
    speaker.save()

    with django_capture_on_commit_callbacks(execute=True):
        copy = duplicate(talk)
        assert copy.speakers.get().picture is None
        copy.delete()

    assert default_storage.exists(speaker.portrait.name)
