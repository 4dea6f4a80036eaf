"""New dates by mail: who asked for them, and nobody else, hears of a new talk."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from events.models import Talk, Topic
from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail
from registration.models.interest import announce_due
from tests.makers import make_interest, make_talk

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("clock", "_announced_at_once"),
]

KIM = "kim@stadt.example"


def kinds():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def climate():
    return Topic.objects.create(name="Klima")


def test_who_is_on_the_list_gets_the_way_to_change_it(smtp_server):
    make_interest()
    Interest.objects.ask("KIM@stadt.example")

    deliver_due()

    content = smtp_server.messages[0].content.decode()
    assert "Subject: Schon eingetragen: Neue Termine per E-Mail" in content
    assert Interest.objects.count() == 1


def test_stranger_cannot_change_the_topics_of_who_is_on_the_list(climate):
    interest = make_interest(topics=[climate])

    Interest.objects.ask(KIM, [])

    assert list(interest.topics.all()) == [climate]


def test_question_is_asked_three_times_a_day():
    for _ in range(5):
        Interest.objects.ask(KIM)

    assert kinds() == ["interest_confirm"] * 3


def test_one_live_row_per_address_in_the_database():
    make_interest()

    with pytest.raises(IntegrityError), transaction.atomic():
        Interest.objects.create(email=KIM, email_key=KIM)


def test_new_talk_is_told_once_to_whom_its_topics_concern(climate):
    housing = Topic.objects.create(name="Wohnen")
    make_interest("alle@stadt.example")
    make_interest("klima@stadt.example", [climate])
    make_interest("wohnen@stadt.example", [housing])
    make_interest("beides@stadt.example", [climate, housing])
    Interest.objects.ask("offen@stadt.example")
    make_interest("weg@stadt.example").withdraw()
    OutgoingMail.objects.all().delete()
    talk = make_talk()
    talk.topics.add(climate)

    assert [announce_due(), announce_due()] == [1, 0]

    told = OutgoingMail.objects.filter(kind="news").values_list("recipient", flat=True)
    names = sorted(address.partition("@")[0] for address in told)
    assert names == ["alle", "beides", "klima"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Talk.Status.DRAFT},
        {"status": Talk.Status.CANCELLED},
        {"starts_in": timedelta(0)},
        {"publish_at": "2025-11-10T00:00Z"},
    ],
)
def test_what_is_not_to_be_seen_is_not_announced(fields):
    make_interest()
    make_talk(**fields)

    assert announce_due() == 0


def test_talk_published_later_is_announced_then(clock):
    make_interest()
    draft = make_talk(status=Talk.Status.DRAFT)
    make_talk(publish_at="2025-11-10T00:00Z", title="Später")
    announce_due()
    assert kinds() == []

    draft.status = Talk.Status.PUBLISHED
    draft.save()
    announce_due()
    assert kinds() == ["news"]
    clock.move_to("2025-11-10T00:00Z")
    announce_due()
    assert kinds() == ["news", "news"]


def test_who_comes_later_hears_of_later_talks_only():
    make_talk()
    announce_due()
    make_interest()

    assert announce_due() == 0


def test_saving_the_talk_again_announces_nothing_again():
    make_interest()
    talk = make_talk()
    announce_due()
    talk.title = "Anders"
    talk.save()

    assert announce_due() == 0


def test_who_left_before_the_mail_went_out_gets_none():
    interest = make_interest()
    make_talk()
    announce_due()
    interest.withdraw()

    assert deliver_due() == ["obsolete"]


def test_who_left_may_come_back():
    make_interest().withdraw()

    again = Interest.objects.ask(KIM)

    assert again.state == "pending"
    assert Interest.objects.count() == 2


@pytest.mark.parametrize("people", [1, 30])
def test_announcing_costs_the_same_for_any_number_of_people(django_assert_max_num_queries, people):
    for number in range(people):
        make_interest(f"p{number}@stadt.example")
    make_talk()

    with django_assert_max_num_queries(8):
        announce_due()
    assert OutgoingMail.objects.filter(kind="news").count() == people


def test_asking_after_the_time_for_the_click_asks_by_mail_again(smtp_server, clock):
    Interest.objects.ask(KIM)
    deliver_due()
    clock.shift(timedelta(hours=72, minutes=1))

    Interest.objects.ask(KIM)

    assert deliver_due() == ["sent"]


def test_deleted_topic_does_not_make_it_all_topics(climate):
    make_interest(topics=[climate])
    talk = make_talk()
    assert not Interest.objects.active().interested_in(talk).exists()

    climate.delete()

    assert not Interest.objects.active().interested_in(talk).exists()
