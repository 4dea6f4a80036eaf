"""What is to do for talks ahead: a task appears, leads to its place, goes when it is done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Material, Series, Speaker, Talk, Topic
from registration.models import Registration
from tests.admin_form import send, url
from tests.events.upload_files import jpeg, upload
from tests.makers import (
    TITLE,
    let_know,
    make_interest,
    make_registration,
    make_speaker_link,
    make_talk,
)
from tests.registration.desk.first_page.page import as_role, find, lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
LINK = {"meeting_url": "https://video.example/"}


# The way in


@pytest.mark.parametrize(
    ("days", "deadline", "is_urgent"),
    [
        (21, "In 21 Tagen ist der Talk.", False),
        (2, "In 2 Tagen ist der Talk.", False),
        (1, "Morgen ist der Talk.", True),
        (0, "Heute ist der Talk.", True),
    ],
)
def test_way_in_is_asked_for_from_publication_on(admin_client, days, deadline, is_urgent):
    talk = make_talk(starts_at=timezone.now() + days * DAY + timedelta(hours=1))

    line = find(admin_client, "Zugangslink fehlt")
    assert (line.text, line.deadline) == (f"{TITLE} Zugangslink fehlt.", deadline)
    assert (line.button, line.url) == ("Zugangslink eintragen", f"{url(talk)}#id_meeting_url")
    assert line.is_urgent == is_urgent
    assert send(admin_client, url(talk), LINK).status_code == 302
    assert find(admin_client, "Zugangslink fehlt") is None


def test_way_in_of_tomorrow_stands_above_everything_else_of_talks(admin_client):
    later = make_talk(starts_in=20 * DAY, title="Später")
    make_registration(later)
    let_know(later)
    Talk.objects.get(pk=later.pk).save()
    make_talk(starts_in=DAY, title="Morgen")

    found = [line.text for line in lines(admin_client) if "Zugangslink" in line.text]
    assert found == ["Morgen Zugangslink fehlt.", "Später Zugangslink fehlt."]
    talks = [line for line in lines(admin_client) if line.url.startswith("/admin/events/talk/")]
    assert talks[0].text == "Morgen Zugangslink fehlt."


def test_who_may_enter_the_way_in_alone_is_led_to_its_page(client):
    Series.objects.create(has_telephone=True)
    talk = make_talk(starts_in=DAY)
    as_role(client, "Teilnehmende")

    page = reverse("admin:enter_way_in", args=[talk.pk])
    assert find(client, "Zugangslink fehlt").url == page
    assert find(client, "Nummer zur Einwahl") is None
    assert client.post(page, LINK).status_code == 302
    assert find(client, "Zugangslink fehlt") is None


def test_promised_telephone_needs_its_number(admin_client):
    Series.objects.create(has_telephone=True)
    talk = make_talk(**LINK)

    line = find(admin_client, "Nummer zur Einwahl")
    assert (line.button, line.url) == ("Nummer zur Einwahl eintragen", f"{url(talk)}#id_dial_in")


# Who does not know, and who will hear


def test_untold_people_stand_there_until_they_are_told(admin_client, clock):
    talk = make_talk(**LINK)
    make_registration(talk)
    let_know(talk)
    assert find(admin_client, "weiß noch nicht") is None
    talk.refresh_from_db()
    talk.status = "cancelled"
    talk.save()

    line = find(admin_client, "weiß noch nicht")
    assert line.text == f"{TITLE} 1 Person weiß noch nicht, dass der Talk abgesagt ist."
    assert (line.deadline, line.is_urgent) == ("In 21 Tagen wäre der Talk.", True)
    assert line.url == reverse("admin:tell_of_change", args=[talk.pk])
    admin_client.post(line.url)
    assert find(admin_client, "weiß noch nicht") is None


def test_people_of_a_past_talk_that_was_called_off_late_are_named_too(client, admin_user, clock):
    talk = make_talk(**LINK)
    make_registration(talk)
    let_know(talk)
    clock.move_to(talk.ends_at + DAY)
    talk.refresh_from_db()
    talk.status = "cancelled"
    talk.save()
    client.force_login(admin_user)

    assert find(client, "weiß noch nicht").deadline == "Der Termin ist vorbei."


def test_announcement_counts_down_and_can_be_stopped(admin_client, clock):
    make_interest()
    talk = make_talk(**LINK)
    clock.shift(timedelta(minutes=18))

    line = find(admin_client, "über neue Termine")
    assert line.text.endswith(
        "1 Mail über neue Termine geht am 5. November 2025, 9:30 Uhr, hinaus."
    )
    assert (line.deadline, line.button) == ("Noch 12 Minuten.", "Anhalten …")
    assert line.url == reverse("admin:announcement", args=[talk.pk])
    admin_client.post(line.url, {"hold": "1"})
    line = find(admin_client, "über neue Termine")
    assert (line.button, line.is_urgent) == ("Ansehen und ankündigen …", False)
    admin_client.post(line.url, {"now": "1"})
    assert find(admin_client, "über neue Termine") is None


def test_announcement_that_is_due_goes_out_at_once(admin_client, clock):
    make_interest()
    make_talk(**LINK)
    clock.shift(timedelta(minutes=31))

    assert find(admin_client, "über neue Termine").deadline == "Sie gehen jetzt gleich hinaus."


def test_announcement_reaches_who_is_interested_in_its_topics(admin_client):
    talk = make_talk(**LINK)
    topic = Topic.objects.create(name="Energie")
    other = Topic.objects.create(name="Verkehr")
    make_interest("a@stadt.example", [other])
    assert find(admin_client, "über neue Termine") is None

    quiet = make_talk(**LINK, title="Still & leer")
    make_interest("b@stadt.example", [topic, other])
    make_interest("c@stadt.example")
    talk.topics.add(topic, other)
    assert "3 Mails über neue Termine" in find(admin_client, f"{TITLE} 3").text
    assert "1 Mail über neue Termine" in find(admin_client, f"{quiet.title} 1").text


# What is missing


def test_missing_pieces_are_one_line_and_each_leads_to_its_field(admin_client):
    talk = make_talk(**LINK, town=None, speaker="", announcement="")

    html = admin_client.get("/admin/").content.decode()
    line = find(admin_client, "Es fehlt noch")
    assert line.text == (
        f"{TITLE} Es fehlt noch: Ankündigung, Referentin oder Referent, Ort, Thema, Bild, "
        "Zugänglichkeit."
    )
    assert (line.button, line.url) == ("Ergänzen", f"{url(talk)}#id_announcement")
    for field in ("speakers-0-name", "municipality", "chosen_topics", "image", "has_captions"):
        assert f'href="{url(talk)}#id_{field}"' in html


def test_complete_talk_needs_nothing(admin_client):
    picture = {"image": upload(jpeg()), "image_alt": "Das Rathaus", "image_credit": "© Kim"}
    facts = {"has_captions": False, "has_sign_language": False, "has_telephone": False}
    talk = make_talk(**LINK, **picture, **facts)
    assert find(admin_client, "Es fehlt noch").text.endswith("Es fehlt noch: Thema.")
    talk.topics.add(Topic.objects.create(name="Energie"))
    make_speaker_link(talk)

    assert [line for line in lines(admin_client) if TITLE in line.text] == []


@pytest.mark.parametrize("days", [1, 42, 43])
def test_speakers_without_a_link_are_named_for_near_talks(admin_client, days):
    talk = make_talk(starts_in=days * DAY, status="draft" if days == 42 else "published")
    Speaker.objects.create(talk=talk, name="Kim & Co", position=1)

    line = find(admin_client, "noch kein Link zum Vortragen verschickt")

    if days == 43:
        assert line is None
    else:
        page = reverse("admin:speaker_links", args=[talk.pk])
        said = "Für Kim & Co und Sina Massow ist noch kein Link zum Vortragen verschickt."
        assert line.text == f"{TITLE} {said}"
        assert (line.button, line.url, line.is_urgent) == ("Link verschicken …", page, False)


def test_nobody_is_asked_for_a_link_that_is_there_or_brings_nothing(admin_client):
    has_link, cancelled, complete = (
        make_talk(starts_in=days * DAY, **fields)
        for days, fields in [
            (20, {}),
            (21, {"status": "cancelled"}),
            (22, {"image": "bilder/a.jpg", "image_credit": "© Kim"}),
        ]
    )
    make_speaker_link(has_link)
    Material.objects.create(talk=complete, title="Folien", url="https://stadt.example/folien")

    assert find(admin_client, "noch kein Link zum Vortragen verschickt") is None


def test_what_only_makes_it_better_never_presses(admin_client):
    make_talk(**LINK, starts_in=DAY, title="Nur besser")
    make_talk(**LINK, starts_in=DAY, title="Lücke", announcement="")

    found = [line for line in lines(admin_client) if "Es fehlt" in line.text]
    assert [(line.text.split()[0], line.is_urgent) for line in found] == [
        ("Lücke", True),
        ("Nur", False),
    ]
    assert lines(admin_client)[-1] == found[1]


def test_draft_with_a_moment_of_publication_says_that_it_will_not_appear(admin_client):
    appears_at = timezone.now() + 20 * DAY
    talk = make_talk(**LINK, starts_in=60 * DAY, status="draft", publish_at=appears_at)

    line = find(admin_client, "Entwurf")
    assert line.text == (
        f"{TITLE} Noch ein Entwurf: erscheint nicht von selbst am 25. November 2025, 9:00 Uhr."
    )
    assert (line.button, line.url) == ("Veröffentlichen …", f"{url(talk)}#id_status")
    assert send(admin_client, url(talk), {"status": "published"}).status_code == 302
    assert find(admin_client, "Entwurf") is None


@pytest.mark.parametrize(("days", "is_named"), [(29, False), (28, True)])
def test_draft_is_named_four_weeks_before(admin_client, days, is_named):
    make_talk(**LINK, starts_in=days * DAY, status="draft")

    assert (find(admin_client, "Noch ein Entwurf.") is not None) == is_named


def test_postponed_talk_waits_for_its_date_and_nothing_else(admin_client):
    talk = make_talk(status="postponed", starts_in=-9 * DAY, announcement="")

    (line,) = [line for line in lines(admin_client) if TITLE in line.text]
    assert line.text == f"{TITLE} Der neue Termin steht noch nicht fest."
    assert (line.button, line.url) == ("Termin eintragen", f"{url(talk)}#id_starts_at_0")


def test_cancelled_talk_needs_nothing(admin_client):
    make_talk(status="cancelled", announcement="")

    assert Registration.objects.count() == 0
    assert [line for line in lines(admin_client) if TITLE in line.text] == []
