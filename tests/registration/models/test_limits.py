"""What is counted, for how long, and what happens beyond a limit."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from registration.models import Interest, OutgoingMail, Registration, Tally, limits
from registration.models.limits import DAY, HOUR, count
from tests.conftest import BERLIN
from tests.makers import make_registration, make_talk, opened
from tests.server import thanks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"
FORM = "/anmeldung/"


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def send(client, *talks, email=KIM, **fields):
    person = {"name": "Kim Beispiel", "email": email, "opened": opened()}
    response = client.post(FORM, {"talks": [talk.slug for talk in talks]} | person | fields)
    return response.status_code, response.headers.get("Location"), response.content


def thanked(*talks):
    return 302, thanks(*(talk.slug for talk in talks)), b""


# Counting

LENGTHS = [600, HOUR, DAY]


def too_many_forms(email=KIM):
    for _ in range(5):
        limits.judge_form(email)


@pytest.mark.parametrize("seconds", LENGTHS)
def test_window_ends_with_its_part_of_the_day(clock, seconds):
    clock.move_to(datetime(2025, 11, 6, tzinfo=UTC) - timedelta(seconds=seconds))
    assert count("forms", KIM, seconds) == 1
    assert limits.seconds_left(seconds) == seconds
    clock.shift(timedelta(seconds=seconds - 1))
    assert count("forms", KIM, seconds) == 2
    assert limits.seconds_left(seconds) == 1
    clock.shift(timedelta(seconds=1))
    assert count("forms", KIM, seconds) == 1
    assert limits.seconds_left(seconds) == seconds


def test_rules_and_subjects_are_counted_apart_each_in_one_statement(django_assert_num_queries):
    count("forms", KIM, HOUR)
    with django_assert_num_queries(3):
        found = [
            count("sign_ups", "198.51.100.1", HOUR),
            count("forms", KIM, HOUR),
            count("forms", "lea@stadt.example", HOUR),
        ]

    assert found == [1, 2, 1]


def test_table_names_nobody_and_another_name_each_day(clock, client):
    send(client, make_talk())
    client.get("/meine-anmeldung/x.y/")
    kept = repr(list(Tally.objects.values()))
    assert Tally.objects.count() == 3
    assert [word for word in ("kim", "stadt.example", "127.0", "forms") if word in kept] == []

    assert limits.Window("forms", KIM, HOUR).key in kept
    for seconds in LENGTHS:
        before = limits.Window("forms", KIM, seconds).key
        clock.shift(timedelta(seconds=seconds))
        assert limits.Window("forms", KIM, seconds).key != before
    assert max(LENGTHS) == DAY


def test_secret_key_makes_the_names(settings):
    before = limits.Window("forms", KIM, HOUR).key
    settings.SECRET_KEY = "another" * 8

    assert limits.Window("forms", KIM, HOUR).key != before


def test_rows_are_gone_when_their_window_is_over(clock):
    clock.move_to(datetime(2025, 11, 6, tzinfo=UTC))
    for seconds in LENGTHS:
        count("forms", KIM, seconds)
    clock.shift(timedelta(hours=23, minutes=59, seconds=59))
    assert (limits.delete_old_counts(), Tally.objects.count()) == (2, 1)

    clock.shift(timedelta(seconds=1))
    assert (limits.delete_old_counts(), Tally.objects.count()) == (1, 0)


@pytest.fixture
def in_threads(transactional_db, tmp_path, monkeypatch):
    """Give a function that runs works at once, each with a connection of its own.

    SQLite's database of the tests is in memory, where no two can write; it gets a file.
    """

    def run(works):
        barrier = threading.Barrier(len(works))

        def one(work):
            barrier.wait()
            try:
                return work()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(works)) as pool:
            return list(pool.map(one, works))

    def create_table():
        with connection.schema_editor() as editor:
            editor.create_model(Tally)

    if connection.vendor == "sqlite":
        monkeypatch.setitem(connections.settings["default"], "NAME", tmp_path / "db.sqlite3")
        run([create_table])
    return run


def test_twenty_at_once_are_counted_as_twenty(in_threads):
    found = in_threads([lambda: count("forms", KIM, DAY)] * 20)

    assert sorted(found) == [*range(1, 21)]
    (kept,) = in_threads([lambda: list(Tally.objects.values_list("number", flat=True))])
    assert kept == [20]


# An address: forms in an hour


def test_sixth_form_in_an_hour_books_and_is_confirmed_when_the_hour_is_over(client, clock):
    talks = [make_talk(title=f"Talk {number}") for number in range(8)]
    began = clock_now()

    assert {send(client, talk) for talk in talks} == {thanked(talk) for talk in talks}

    assert list(Registration.objects.values_list("state", flat=True)) == ["confirmed"] * 8
    mails = OutgoingMail.objects.order_by("pk").values_list("kind", "not_before")
    late = began + timedelta(hours=1)
    assert list(mails) == [("signed_up", began)] * 5 + [("signed_up", late)] * 3
    assert OutgoingMail.objects.due().count() == 5
    clock.shift(timedelta(hours=1))
    assert OutgoingMail.objects.due().count() == 8


def clock_now():
    return datetime.fromtimestamp(time.time(), BERLIN)


def test_confirmation_that_waits_misses_no_talk(client, clock):
    too_many_forms()
    soon = make_talk(starts_in=timedelta(minutes=90))

    send(client, soon, make_talk(title="Später"))

    assert OutgoingMail.objects.get().not_before == soon.starts_at - timedelta(hours=1)


def test_sixth_form_that_must_be_confirmed_is_asked_when_the_hour_is_over(client, clock):
    too_many_forms()

    talk = make_talk(double_opt_in=True)
    assert send(client, talk, interest="on") == thanked(talk)

    assert kinds() == ["please_confirm", "interest_confirm"]
    assert OutgoingMail.objects.due().count() == 0
    clock.shift(timedelta(hours=1))
    assert OutgoingMail.objects.due().count() == 2


def test_click_in_a_mail_is_answered_at_once_whatever_strangers_sent(clock):
    row = make_registration(make_talk(double_opt_in=True))
    too_many_forms()
    limits.judge_form(KIM)

    Registration.objects.confirm([row])

    assert kinds() == ["please_confirm", "signed_up"]
    assert OutgoingMail.objects.due().count() == 2


def test_beyond_five_forms_nothing_is_said_twice(client, clock):
    talk, asked = make_talk(), make_talk(title="Fragt", double_opt_in=True)
    row = make_registration(talk)
    make_registration(asked)
    Interest.objects.ask(KIM)
    clock.shift(timedelta(minutes=11))
    too_many_forms()
    before = kinds()

    answers = [send(client, talk), send(client, asked), send(client, talk, interest="on")]
    for path in ("/anmeldung/links/", f"{talk.get_absolute_url()}teilnehmen/"):
        answers.append(client.post(path, {"email": KIM}).headers["Location"])
    client.post("/terminhinweise/", {"email": KIM, "consent": "on"})

    expected = [thanked(talk), thanked(asked), thanked(talk)]
    assert answers == expected + ["/anmeldung/links/verschickt/"] * 2
    assert kinds() == before
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_spelling_of_an_address_is_counted_once(client):
    talk = make_talk()
    for email in ("kim@stadt.example", "KIM@Stadt.Example", " Kim@stadt.example "):
        send(client, talk, email=email)

    assert count("forms", KIM, HOUR) == 4


def test_forms_of_others_and_of_the_next_hour_do_not_count(client, clock):
    talk = make_talk()
    too_many_forms()
    send(client, talk, email="lea@stadt.example")
    clock.shift(timedelta(hours=1))
    send(client, talk)

    assert OutgoingMail.objects.due().count() == 2


# An address: mails in a day


def test_three_mails_a_day_whatever_they_say(client, clock):
    talk, asked = make_talk(), make_talk(title="Fragt", double_opt_in=True)
    make_registration(talk)
    clock.shift(timedelta(minutes=11))
    way_in = f"{talk.get_absolute_url()}teilnehmen/"
    # One each: the first question, an answer, the way in; then silence.
    send(client, asked)
    send(client, talk)
    client.post(way_in, {"email": KIM})
    told = ["signed_up", "please_confirm", "already", "way_in"]
    assert kinds() == told
    clock.shift(timedelta(hours=1))

    send(client, asked)
    client.post(way_in, {"email": KIM})
    client.post("/anmeldung/links/", {"email": KIM})
    assert kinds() == told

    clock.shift(timedelta(hours=23))
    client.post("/anmeldung/links/", {"email": KIM})
    assert kinds() == [*told, "please_confirm", "links"]


def test_what_is_new_is_never_silenced(client, clock):
    """Otherwise a stranger could use up the three, and a form would be lost without a word."""
    for _ in range(3):
        limits.may_mail(KIM)
    talk, asked = make_talk(), make_talk(title="Fragt", double_opt_in=True)

    send(client, talk)
    send(client, asked, interest="on")

    assert kinds() == ["signed_up", "please_confirm", "interest_confirm"]


# A network


def test_sixty_first_form_of_a_network_asks_for_the_click(client, settings):
    settings.THROTTLE = settings.THROTTLE | {"sign_ups": 2}
    talk = make_talk()

    answers = {send(client, talk, email=f"p{number}@stadt.example") for number in range(4)}
    elsewhere = client.post(
        FORM,
        {"talks": [talk.slug], "name": "Kim", "email": KIM, "opened": opened()},
        REMOTE_ADDR="203.0.113.9",
    )

    assert answers == {(elsewhere.status_code, elsewhere.headers["Location"], b"")}
    states = Registration.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["confirmed", "confirmed", "pending", "pending", "confirmed"]


@pytest.mark.parametrize("path", [FORM, "/terminhinweise/"])
def test_network_beyond_three_hundred_is_asked_to_wait_and_keeps_what_was_typed(
    client, settings, clock, path
):
    for _ in range(300):
        count("sign_ups", "127.0.0.1", 600)
    clock.shift(timedelta(minutes=3, seconds=30))
    talk = make_talk()
    data = {"talks": [talk.slug], "name": "Kim Ängstlich", "email": KIM, "opened": opened()}
    data |= {f"question-{talk.pk}": 'Wie & "warum"?', "consent": "on"}

    response = client.post(path, data)

    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (429, "390")
    assert "Bitte senden Sie es in 7\u00a0Minuten noch einmal ab." in page
    typed = ["kim@stadt.example"]
    if path == FORM:
        typed += ["Kim Ängstlich", "Wie &amp; &quot;warum&quot;?", f'value="{talk.slug}"']
    assert [text for text in typed if text not in page] == []
    assert Registration.objects.count() == Interest.objects.count() == OutgoingMail.objects.count()

    clock.shift(timedelta(seconds=390))
    assert client.post(path, data).status_code == 302


def test_limits_of_the_network_are_those_promised(client, settings):
    talk = make_talk()
    for _ in range(59):
        count("sign_ups", "127.0.0.1", 600)
    send(client, talk, email="sixty@stadt.example")
    send(client, talk, email="next@stadt.example")
    for _ in range(238):
        count("sign_ups", "127.0.0.1", 600)
    answers = [send(client, talk, email=f"p{n}@stadt.example")[0] for n in (300, 301)]

    states = dict(Registration.objects.values_list("email", "state"))
    assert states == {
        "sixty@stadt.example": "confirmed",
        "next@stadt.example": "pending",
        "p300@stadt.example": "pending",
    }
    assert answers == [302, 429]


def test_form_with_mistakes_counts_for_nobody(client):
    client.post(FORM, {"email": KIM})

    assert Tally.objects.count() == 0
