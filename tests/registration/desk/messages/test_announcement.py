"""The news of a talk wait half an hour, are announced on the desk, and can be stopped."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Talk
from registration.models import OutgoingMail
from registration.models.interest import announce_all, announce_due
from tests.admin_form import send, url
from tests.makers import make_interest, make_talk
from tests.registration.desk.first_page.page import find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def draft():
    make_interest("eins@stadt.example")
    make_interest("zwei@stadt.example")
    return make_talk(status="draft")


def page(talk):
    return reverse("admin:announcement", args=[talk.pk])


def publish(client, talk):
    response = send(client, url(talk), {"_publish": "1"})
    assert response.status_code == 302
    talk.refresh_from_db()
    return client.get(response["Location"]).content.decode()


def news() -> int:
    return OutgoingMail.objects.filter(kind="news").count()


def test_publishing_says_who_will_be_told_and_waits_half_an_hour(admin_client, draft, clock):
    said = publish(admin_client, draft)

    assert (
        "2\u00a0Mails über neue Termine gehen am 5.\u00a0November 2025, 9:30\u00a0Uhr, hinaus."
        in said
    )
    assert f'href="{page(draft)}"' in said
    clock.shift(30 * MINUTE - timedelta(seconds=1))
    assert (announce_due(), news()) == (0, 0)
    clock.shift(1)
    assert (announce_due(), news()) == (1, 2)


def test_first_page_and_the_talk_lead_to_the_button(admin_client, draft):
    publish(admin_client, draft)
    when = "am 5. November 2025, 9:30 Uhr"

    line = find(admin_client, "neue Termine")
    assert line.text.endswith(f"2 Mails über neue Termine gehen {when}, hinaus.")
    assert line.url == page(draft)
    assert page(draft) in admin_client.get(url(draft)).content.decode()
    shown = admin_client.get(page(draft)).content.decode()
    assert 'name="hold"' in shown
    assert 'name="now"' in shown


def test_stopped_news_wait_until_somebody_sends_them(admin_client, draft, clock):
    publish(admin_client, draft)

    admin_client.post(page(draft), {"hold": "1"})

    held = find(admin_client, "neue Termine").text
    assert held.endswith("2 Mails über neue Termine sind angehalten.")
    clock.shift(10 * MINUTE)
    clock.shift(timedelta(minutes=19))
    announce_due()
    assert news() == 0
    assert 'name="hold"' not in admin_client.get(page(draft)).content.decode()
    admin_client.post(page(draft), {"now": "1"})
    assert news() == 2
    assert announce_due() == 0
    assert find(admin_client, "neue Termine") is None


def test_news_can_go_out_at_once_and_only_once(admin_client, draft):
    publish(admin_client, draft)

    for _ in range(2):
        admin_client.post(page(draft), {"now": "1"})

    assert news() == 2
    assert "hinausgegangen" in admin_client.get(page(draft)).content.decode()


def test_back_to_a_draft_stops_them(admin_client, draft, clock):
    publish(admin_client, draft)
    send(admin_client, url(draft), {"status": "draft"})
    clock.shift(29 * MINUTE)

    assert announce_due() == 0
    publish(admin_client, draft)
    clock.shift(29 * MINUTE)
    assert announce_due() == 0
    clock.shift(MINUTE)
    assert announce_due() == 1


def test_talk_that_appears_by_itself_is_announced_half_an_hour_later(clock):
    make_interest()
    make_talk(publish_at=timezone.now() + 60 * MINUTE)
    clock.shift(89 * MINUTE)
    assert announce_due() == 0

    clock.shift(MINUTE)

    assert announce_due() == 1


def test_page_of_a_draft_offers_nothing(admin_client, draft):
    shown = admin_client.get(page(draft)).content.decode()

    assert "gehen jetzt keine Mails über neue Termine hinaus" in shown
    assert 'name="now"' not in shown
    admin_client.post(page(draft), {"now": "1"})
    assert news() == 0


def test_where_nobody_wants_news_nothing_is_said(admin_client):
    draft = make_talk(status="draft")

    assert "neue Termine" not in publish(admin_client, draft).partition("<main")[2]
    assert find(admin_client, "neue Termine") is None


@pytest.mark.parametrize("status", Talk.Status.values)
@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("minutes", [29, 30])
def test_rules_for_one_and_for_many_are_the_same(clock, status, held, minutes):
    talk = make_talk(status=status)
    if held:
        Talk.objects.hold_announcement(talk)
    clock.shift(minutes * MINUTE)
    talk.refresh_from_db()

    assert Talk.objects.announced_now().exists() == talk.is_announced_now
    assert talk.is_announced_now == (status == "published" and not held and minutes == 30)


def test_talk_that_was_to_appear_later_and_is_published_at_once_waits_too(admin_client, clock):
    make_interest()
    talk = make_talk(publish_at=timezone.now() + timedelta(days=7))
    clock.shift(3600)

    publish(admin_client, talk)

    assert announce_due() == 0
    clock.shift(30 * MINUTE)
    assert announce_due() == 1


def test_talk_whose_year_was_wrong_waits_after_it_is_corrected(clock):
    make_interest()
    talk = make_talk(starts_in=-timedelta(days=344))
    clock.shift(3600)
    talk.starts_at += timedelta(days=365)
    talk.ends_at += timedelta(days=365)
    talk.save()

    assert announce_due() == 0
    clock.shift(30 * MINUTE)
    assert announce_due() == 1


def test_restoring_sends_nothing_that_was_stopped(draft):
    draft.status = Talk.Status.PUBLISHED
    draft.save()
    Talk.objects.hold_announcement(draft)

    assert (announce_all(), news()) == (0, 0)
