"""Terminhinweise: who asked for them, and nobody else, hears of a new talk."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from events.models import Talk, Topic
from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, links
from registration.models.interest import CONSENT_TEXT, announce_due
from registration.privacy.retention import carry_out
from tests.makers import make_talk, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"


def kinds():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def page(view, interest, purpose=links.PURPOSE_INTEREST):
    return reverse(f"registration:{view}", args=[links.token(interest.key, purpose)])


def confirm_page(interest):
    return page("interest_confirm", interest, links.PURPOSE_INTEREST_CONFIRM)


def make_active(email=KIM, topics=()):
    interest = Interest.objects.ask(email, topics)
    assert interest.confirm()
    OutgoingMail.objects.all().delete()
    return interest


@pytest.fixture
def climate():
    return Topic.objects.create(name="Klima")


def test_wish_counts_only_after_the_click(client, climate):
    response = client.post(
        "/terminhinweise/", {"email": KIM, "topics": ["klima"], "consent": "on"}
    )

    assert response["Location"] == "/terminhinweise/danke/"
    interest = Interest.objects.get()
    assert (interest.state, list(interest.topics.all())) == ("pending", [climate])
    assert (interest.consent_text, interest.consent_version) == (CONSENT_TEXT, "2026-11")
    assert kinds() == ["interest_confirm"]
    client.get(confirm_page(interest))
    interest.refresh_from_db()
    assert interest.state == "pending"

    response = client.post(confirm_page(interest))

    assert response["Location"] == page("interest_mine", interest)
    interest.refresh_from_db()
    assert interest.is_active
    assert interest.confirmed_at is not None


def test_consent_is_never_ticked_beforehand_and_must_be_given(client):
    make_talk()
    for path in ("/terminhinweise/", "/anmeldung/"):
        html = client.get(path).content.decode()
        boxes = re.findall(r'<input type="checkbox" name="(?:consent|interest)"[^>]*>', html)
        assert [" checked" in box for box in boxes] == [False]

    response = client.post("/terminhinweise/", {"email": KIM})

    assert response.status_code == 422
    assert "Bitte bestätigen Sie, dass wir Ihnen schreiben dürfen." in response.content.decode()
    assert Interest.objects.count() == 0


def test_form_offers_the_themes_by_name(client, climate):
    page = client.get("/terminhinweise/").content.decode()

    label = re.search(r'<label class="choice" for="id_topics_0">(.*?)</label>', page, re.DOTALL)
    assert re.sub(r"<[^>]+>", "", label[1]).strip() == "Klima"


@pytest.mark.parametrize("ticked", [True, False])
def test_box_in_the_sign_up_form(client, ticked):
    talk = make_talk()
    data = {"talks": [talk.slug], "name": "Kim Beispiel", "email": KIM, "opened": opened()}

    client.post("/anmeldung/", data | ({"interest": "on"} if ticked else {}))

    assert Interest.objects.count() == ticked
    assert kinds() == ["signed_up", *["interest_confirm"] * ticked]


def test_every_address_gets_the_same_answer(client):
    make_active("aktiv@stadt.example")
    Interest.objects.ask("offen@stadt.example")
    make_active("weg@stadt.example").withdraw()

    answers = set()
    for name in ("aktiv", "offen", "weg", "neu"):
        data = {"email": f"{name}@stadt.example", "consent": "on"}
        response = client.post("/terminhinweise/", data)
        answers.add((response.status_code, response["Location"], response.content))

    assert answers == {(302, "/terminhinweise/danke/", b"")}


def test_who_is_on_the_list_gets_the_way_to_change_it(smtp_server):
    make_active()
    Interest.objects.ask("KIM@stadt.example")

    deliver_due()

    content = smtp_server.messages[0].content.decode()
    assert "Subject: Sie erhalten schon Terminhinweise" in content
    assert Interest.objects.count() == 1


def test_stranger_cannot_change_the_themes_of_who_is_on_the_list(climate):
    interest = make_active(topics=[climate])

    Interest.objects.ask(KIM, [])

    assert list(interest.topics.all()) == [climate]


def test_question_is_asked_three_times_a_day():
    for _ in range(5):
        Interest.objects.ask(KIM)

    assert kinds() == ["interest_confirm"] * 3


def test_click_that_comes_too_late(client, clock):
    interest = Interest.objects.ask(KIM)
    clock.shift(timedelta(hours=72))

    response = client.post(confirm_page(interest))

    assert "zu spät" in response.content.decode()
    interest.refresh_from_db()
    assert interest.state == "pending"
    carry_out()
    assert Interest.objects.count() == 0


def test_one_live_row_per_address_in_the_database():
    make_active()

    with pytest.raises(IntegrityError), transaction.atomic():
        Interest.objects.create(email=KIM, email_key=KIM)


def test_new_talk_is_told_once_to_whom_its_themes_concern(climate):
    housing = Topic.objects.create(name="Wohnen")
    make_active("alle@stadt.example")
    make_active("klima@stadt.example", [climate])
    make_active("wohnen@stadt.example", [housing])
    make_active("beides@stadt.example", [climate, housing])
    Interest.objects.ask("offen@stadt.example")
    make_active("weg@stadt.example").withdraw()
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
    make_active()
    make_talk(**fields)

    assert announce_due() == 0


def test_talk_published_later_is_announced_then(clock):
    make_active()
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
    make_active()

    assert announce_due() == 0


def test_saving_the_talk_again_announces_nothing_again():
    make_active()
    talk = make_talk()
    announce_due()
    talk.title = "Anders"
    talk.save()

    assert announce_due() == 0


def test_news_offers_to_leave_with_one_click(client, smtp_server):
    client.handler.enforce_csrf_checks = True
    interest = make_active()
    make_talk()
    announce_due()
    deliver_due()
    content = smtp_server.messages[0].content.decode().replace("\r\n ", " ")
    end = page("interest_end", interest)
    assert f"List-Unsubscribe: <http://testserver{end}>" in content

    client.get(end)
    interest.refresh_from_db()
    assert interest.is_active
    response = client.post(end, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    interest.refresh_from_db()
    assert (interest.state, interest.email) == ("ended", KIM)


def test_who_left_before_the_mail_went_out_gets_none():
    interest = make_active()
    make_talk()
    announce_due()
    interest.withdraw()

    assert deliver_due() == ["obsolete"]


def test_withdrawn_consent_is_kept_as_proof_for_three_years(clock):
    interest = make_active()
    interest.withdraw()
    clock.shift(timedelta(days=3 * 365) - timedelta(seconds=1))
    carry_out()
    assert Interest.objects.count() == 1
    clock.shift(1)
    carry_out()
    assert Interest.objects.count() == 0


def test_who_left_may_come_back():
    make_active().withdraw()

    again = Interest.objects.ask(KIM)

    assert again.state == "pending"
    assert Interest.objects.count() == 2


def test_themes_can_be_changed(client, climate):
    interest = make_active()

    response = client.post(page("interest_mine", interest), {"topics": ["klima"]})

    assert "Ihre Auswahl ist gespeichert." in response.content.decode()
    assert list(interest.topics.all()) == [climate]
    bad = client.post(page("interest_mine", interest), {"topics": ["gibt-es-nicht"]})
    assert bad.status_code == 422
    assert list(interest.topics.all()) == [climate]


def test_dead_links_get_the_neutral_page(client):
    interest = make_active()
    wrong = links.token(interest.key, links.PURPOSE_MINE)
    for view in ("interest_mine", "interest_end", "interest_confirm"):
        for token in (wrong, "x.y", "\u00fc"):
            assert client.get(reverse(f"registration:{view}", args=[token])).status_code == 404


@pytest.mark.parametrize("people", [1, 30])
def test_announcing_costs_the_same_for_any_number_of_people(django_assert_max_num_queries, people):
    for number in range(people):
        make_active(f"p{number}@stadt.example")
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


def test_old_link_takes_who_came_back_off_the_list(client, clock):
    first = make_active()
    first.withdraw()
    clock.shift(3600)
    second = make_active()

    response = client.post(page("interest_end", first))

    assert response.status_code == 200
    second.refresh_from_db()
    assert not second.is_active


def test_deleted_topic_does_not_make_it_all_topics(climate):
    make_active(topics=[climate])
    talk = make_talk()
    assert not Interest.objects.active().interested_in(talk).exists()

    climate.delete()

    assert not Interest.objects.active().interested_in(talk).exists()
