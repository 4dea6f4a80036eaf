"""The organisers' page about what people said of a talk."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Talk
from registration.desk.figures.feedback_page import questions, texts
from registration.models import Feedback
from tests.makers import TITLE, give_feedback, make_talk
from tests.webtalks.team.people import make_colleague, make_lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def talk():
    """Give a talk that has just ended."""
    return make_talk(starts_in=timedelta(hours=-1))


def url_of(talk) -> str:
    return reverse("admin:talk_feedback", args=[talk.pk])


def html_of(client, talk) -> str:
    return client.get(url_of(talk)).content.decode()


def test_numbers_of_each_question():
    rows = [
        Feedback(worth=worth, use=use, could_follow=follows)
        for worth, use, follows in [
            ("fully", "soon", True),
            ("fully", "maybe", True),
            ("not", "no", False),
        ]
    ]

    found = [
        [(bar.label, bar.number, bar.percent) for bar in question.bars]
        for question in questions(rows)
    ]

    assert found == [
        [("Ja, sehr", 2, 67), ("Eher ja", 0, 0), ("Eher nein", 0, 0), ("Nein", 1, 33)],
        [("Ja, bald", 1, 33), ("Vielleicht", 1, 33), ("Nein", 1, 33)],
        [("Ja", 2, 67), ("Nein", 1, 33)],
    ]


def test_texts_of_one_person_do_not_stand_at_one_place(talk):
    """Of 20 people some would be at another place by chance; the order is the same next time."""
    for number in range(20):
        give_feedback(talk, takes_along=f"a{number}", follow_text=f"b{number}")
    rows = list(Feedback.objects.shown())

    first, second = (texts(rows, column) for column in ("takes_along", "follow_text"))

    assert [text.text[1:] for text in first] != [text.text[1:] for text in second]
    assert not {text.key for text in first} & {text.key for text in second}
    assert texts(rows[::-1], "takes_along") == first


def test_four_show_nothing_the_fifth_does_and_nine_show_five(admin_client, talk):
    give_feedback(talk, 4, takes_along="Geheim & wichtig")
    html = html_of(admin_client, talk)
    assert ("Geheim" in html, "sobald fünf beisammen sind" in html) == (False, True)

    seen = []
    for _ in range(6):
        give_feedback(talk, takes_along="Geheim & wichtig")
        html = html_of(admin_client, talk)
        number = re.search(r"<h2>(\d+) Rückmeldungen</h2>", html)[1]
        seen.append((int(number), html.count("Geheim &amp; wichtig")))

    assert seen == [(5, 5)] * 5 + [(10, 10)]


def words_of(client, talk) -> str:
    """Return the page as it is read, without what is new at each visit."""
    return re.sub(r"<[^>]+>", " ", html_of(client, talk))


def test_page_says_nothing_of_how_many_wait(admin_client, talk):
    give_feedback(talk, 5)
    before = words_of(admin_client, talk)

    give_feedback(talk, 4, takes_along="Wartet")

    assert words_of(admin_client, talk) == before


def test_page_leads_to_slide_and_page_before_and_after(clock, client):
    talk = make_talk()
    slide = f'href="/talks/{talk.slug}/rueckmeldung/folie/"'
    lead = make_lead()

    client.force_login(lead)
    html = html_of(client, talk)
    assert (slide in html, f"testserver/r/{talk.pk}" in html) == (True, True)
    assert "Die Seite öffnet sich Mittwoch, 26. November 2025, 9:50 Uhr" in html
    assert TITLE not in html
    clock.move_to(talk.feedback_closes_at)
    client.force_login(lead)
    html = html_of(client, talk)
    assert "geschlossen" in html
    assert "Es sind keine fünf Antworten zusammengekommen." in html


def test_form_of_the_talk_leads_there(admin_client, talk):
    draft = make_talk(status=Talk.Status.DRAFT)
    for found, leads in ((talk, True), (draft, False)):
        html = admin_client.get(reverse("admin:events_talk_change", args=[found.pk]))
        assert (url_of(found) in html.content.decode()) == leads


def test_first_page_leads_to_the_slide_on_the_day_before(clock, client):
    talk, lead = make_talk(), make_lead()
    slide = f"/talks/{talk.slug}/rueckmeldung/folie/"
    shown = []
    for before in (timedelta(days=2), timedelta(days=1), timedelta(0)):
        clock.move_to(talk.starts_at - before)
        client.force_login(lead)
        shown.append(slide in client.get("/admin/").content.decode())

    assert shown == [False, True, True]


def test_number_of_queries_does_not_grow(admin_client, talk, django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        give_feedback(talk, 25, takes_along="Ä", follow_text="B")
        with django_assert_max_num_queries(12) as asked:
            html_of(admin_client, talk)
        counts.append(len(asked))

    assert counts[0] == counts[1]


# A text that names somebody


def remove(client, talk, key, **fields):
    url = reverse("admin:remove_feedback_text", args=[talk.pk])
    return client.post(url, {"key": key} | fields)


def test_text_is_removed_after_asking_and_its_choices_still_count(admin_client, talk):
    give_feedback(talk, 4, takes_along="Gut")
    give_feedback(talk, takes_along="Frau Ä hat das gesagt", follow_text="Der Ton")
    (key,) = (
        text.key
        for text in texts(list(Feedback.objects.shown()), "takes_along")
        if "Ä" in text.text
    )

    asked = remove(admin_client, talk, key)
    assert "Frau Ä hat das gesagt" in asked.content.decode()
    assert Feedback.objects.filter(takes_along__contains="Ä").count() == 1
    done = remove(admin_client, talk, key, ja="ja")
    again = remove(admin_client, talk, key, ja="ja")

    assert (done["Location"], again["Location"]) == (url_of(talk), url_of(talk))
    html = html_of(admin_client, talk)
    assert ("Frau Ä" in html, "Der Ton" in html, "<h2>5 Rückmeldungen" in html) == (
        False,
        True,
        True,
    )


@pytest.mark.parametrize("key", ["", "x", "0" * 40, "ä"])
def test_key_of_nothing_removes_nothing(admin_client, talk, key):
    give_feedback(talk, 5, takes_along="Gut")

    assert remove(admin_client, talk, key, ja="ja").status_code == 302
    assert Feedback.objects.exclude(takes_along="Gut").count() == 0


def test_who_only_looks_is_offered_no_removal(client, talk):
    give_feedback(talk, 5, takes_along="Gut")
    client.force_login(make_colleague(roles=["Lesend"]))

    html = html_of(client, talk)

    assert ("Gut" in html, "Entfernen" in html) == (True, False)
