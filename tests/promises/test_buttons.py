"""A button that is pressed twice, or in a tab from long ago, does nothing more than once."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from events.models import Topic
from registration.invariants import violations
from registration.models import Interest, OutgoingMail, ProposedChange, Registration, Tally
from tests.makers import make_registration, make_speaker_link, make_talk, opened
from tests.registration.link_pages import page_of
from tests.registration.mail.every_kind import KIM, seated, subscribed
from tests.registration.rows import all_rows

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MEETING = "https://räume.example/größe/7?pwd=ł"


def post_sign_up():
    person = {"name": "Kim Beispiel", "email": KIM, "opened": opened()}
    return "/anmeldung/", {"talks": [make_talk().slug]} | person


def mine(row, action=""):
    return page_of("mine", row.key) + action


def post_confirm():
    row = make_registration(make_talk(double_opt_in=True))
    return page_of("confirm", row.key), {}


def post_not_me():
    row = seated()
    row.hand_over(name="Lea Beispiel", email="lea@stadt.example")
    return page_of("not_me", row.key), {}


def post_cancel():
    row = seated()
    return mine(row, f"{row.uuid}/abmelden/"), {}


def post_come_back():
    row = seated()
    row.cancel()
    return mine(row, f"{row.uuid}/wieder-anmelden/"), {}


def post_hand_over():
    row = seated()
    person = {"name": "Lea Beispiel", "email": "lea@stadt.example"}
    return mine(row, f"{row.uuid}/weitergeben/"), person


def post_details():
    return mine(seated(), "angaben/"), {"name": "Kim Anders"}


def post_change_address():
    return mine(seated(), "adresse/"), {"email": "neu@stadt.example"}


def post_new_address():
    return page_of("new_address", seated().key), {}


def post_erase():
    return mine(seated(), "loeschen/"), {}


def post_join():
    row = make_registration(make_talk(meeting_url=MEETING, starts_in=timedelta(minutes=10)))
    return page_of("join", row.key), {}


def post_reminders():
    return page_of("reminders", seated().key), {}


def post_recap_off():
    return page_of("recap_off", seated().key), {}


def post_speaker_take_back():
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "name", "Dr. Sina Massow")
    return reverse("registration:speaker_take_back", args=[link.token, "person"]), {}


def post_speaker_reminders():
    return reverse("registration:speaker_reminders", args=[make_speaker_link().token]), {}


def post_lost_link():
    seated()
    return "/anmeldung/links/", {"email": KIM}


def post_way_in():
    return f"/talks/{seated().talk.slug}/teilnehmen/", {"email": KIM}


def post_interest():
    return "/terminhinweise/", {"email": KIM, "consent": "on"}


def post_interest_confirm():
    return page_of("interest_confirm", Interest.objects.ask(KIM).key), {}


def post_interest_mine():
    return page_of("interest_mine", subscribed().key), {
        "topics": [Topic.objects.create(name="Ä & Ö").slug]
    }


def post_interest_end():
    return page_of("interest_end", subscribed().key), {}


def slow(*values):
    """Leave a button to the long run: its like is pressed each time."""
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("button", "codes", "mails"),
    [
        (post_sign_up, [302, 302, 302], [1, 0, 0]),
        slow(post_come_back, [302, 302, 302], [1, 0, 0]),
        slow(post_confirm, [302, 302, 302], [1, 0, 0]),
        (post_cancel, [302, 302, 302], [1, 0, 0]),
        # The first one has made the link void.
        slow(post_not_me, [302, 404, 404], [1, 0, 0]),
        (post_hand_over, [302, 404, 404], [2, 0, 0]),
        (post_erase, [302, 404, 404], [1, 0, 0]),
        slow(post_new_address, [302, 404, 404], [2, 0, 0]),
        (post_details, [302, 302, 302], [0, 0, 0]),
        slow(post_join, [200, 200, 200], [0, 0, 0]),
        slow(post_reminders, [200, 200, 200], [0, 0, 0]),
        slow(post_recap_off, [200, 200, 200], [0, 0, 0]),
        (post_speaker_take_back, [302, 302, 302], [0, 0, 0]),
        slow(post_speaker_reminders, [200, 200, 200], [0, 0, 0]),
        slow(post_interest_confirm, [302, 302, 302], [0, 0, 0]),
        slow(post_interest_mine, [200, 200, 200], [0, 0, 0]),
        (post_interest_end, [200, 200, 200], [0, 0, 0]),
        # Asked for by whoever knows an address: three a day.
        slow(post_change_address, [302, 302, 302, 302], [1, 1, 1, 0]),
        slow(post_lost_link, [302, 302, 302, 302], [1, 1, 1, 0]),
        (post_way_in, [302, 302, 302, 302], [1, 1, 1, 0]),
        slow(post_interest, [302, 302, 302, 302], [1, 1, 1, 0]),
    ],
)
def test_button_pressed_again_changes_nothing_more(client, clock, button, codes, mails):
    path, data = button()
    answers, counts, states = [], [OutgoingMail.objects.count()], []

    for _ in codes:
        answers.append(client.post(path, data))
        counts.append(OutgoingMail.objects.count())
        states.append(all_rows(OutgoingMail, OutgoingMail.registrations.through, Tally))
        clock.shift(timedelta(seconds=1))

    assert [answer.status_code for answer in answers] == codes
    assert [after - before for before, after in pairwise(counts)] == mails
    assert states == [states[0]] * len(states)
    assert (
        len({answer.headers.get("Location") for answer in answers if answer.status_code < 400})
        == 1
    )
    assert list(violations()) == []


@pytest.mark.parametrize(
    ("button", "code"),
    [
        (post_cancel, 302),
        (post_hand_over, 302),
        (post_confirm, 302),
        (post_join, 200),
        (post_change_address, 302),
        (post_new_address, 404),
    ],
)
def test_button_of_a_tab_from_before_the_cancelling_does_nothing(client, button, code):
    path, data = button()
    Registration.objects.get().cancel()
    before = all_rows(Tally)

    response = client.post(path, data)

    assert (response.status_code, "Refresh" in response.headers) == (code, False)
    assert all_rows(Tally) == before


@pytest.mark.parametrize(
    "button",
    [
        post_confirm,
        post_cancel,
        slow(post_come_back),
        slow(post_hand_over),
        slow(post_change_address),
        post_new_address,
        slow(post_details),
        post_erase,
        post_join,
        slow(post_reminders),
        slow(post_interest_confirm),
        post_interest_mine,
        slow(post_interest_end),
    ],
)
def test_button_of_a_tab_from_before_the_erasing_is_dead(client, button):
    path, data = button()
    Registration.objects.erase_person(KIM)
    before = all_rows(Tally)

    response = client.post(path, data)

    assert response.status_code == 404
    assert response.templates[0].name == "registration/link_invalid.html"
    assert all_rows(Tally) == before
