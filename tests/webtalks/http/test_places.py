"""Places for forms: who waits, who is asked to come back."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from webtalks.http import places
from webtalks.http.places import Crowded, Places
from webtalks.login.log_in_again import WANTED
from webtalks.login.reauthentication import PREFIX


def test_more_than_there_are_places_are_served_as_long_as_somebody_leaves():
    room, served = Places(2, standstill=0.5), []

    def stay(number):
        with room.one():
            time.sleep(0.1)
            served.append(number)

    with ThreadPoolExecutor(20) as pool:  # two at a time: a second, twice the standstill
        list(pool.map(stay, range(20)))

    assert sorted(served) == [*range(20)]


def test_next_one_is_refused_where_nobody_leaves_and_then_at_once():
    room, done, inside = Places(2, standstill=0.2), Event(), Barrier(3)

    def keep():
        with room.one():
            inside.wait()
            done.wait(5)

    with ThreadPoolExecutor(2) as pool:
        kept = [pool.submit(keep) for _ in range(2)]
        inside.wait()
        waited = []
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(Crowded), room.one():
                pass
            waited.append(time.monotonic() - began)
        done.set()
        for one in kept:
            one.result()

    assert (0.1 < waited[0] < 1, waited[1] < 0.1) == (True, True)
    with room.one(), room.one():  # both places are free again
        pass


def test_place_is_free_again_after_an_error():
    room = Places(1, standstill=0)

    for _ in range(2):
        with pytest.raises(ZeroDivisionError), room.one():
            _ = 1 / 0


@pytest.mark.django_db
def test_form_is_asked_to_come_back_and_readers_are_served(client, monkeypatch):
    monkeypatch.setattr(places, "places", Places(0, standstill=0))

    refused = client.post("/anmeldung/", {"name": "Kim Beispiel"})

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "Ihre Eingaben sind noch da." in refused.content.decode()
    assert [client.get(path).status_code for path in ("/", "/anmeldung/")] == [200, 200]
    # Organisers are few, and their forms may take a while; a log-in is anybody's.
    form = "/admin/events/talk/add/"
    assert client.post(form).status_code == 200  # who is not logged in is asked to
    assert client.post("/admin/login/", {"username": "kim"}).status_code == 503
    tried = {f"{PREFIX}-fuer": WANTED, f"{PREFIX}-username": "kim", f"{PREFIX}-password": "x"}
    assert client.post(form, tried).status_code == 503


@pytest.mark.django_db
def test_pdfs_take_the_places_of_forms_and_leave_room_for_readers(client, monkeypatch):
    monkeypatch.setattr(places, "places", Places(0, standstill=0))

    answers = [client.get(path) for path in ("/x.pdf", "/admin/x.pdf", "/x.html")]

    assert [answer.status_code for answer in answers] == [503, 503, 404]
    assert "Diese Seite fragt nach fünf Sekunden von selbst wieder." in answers[0].content.decode()
    assert answers[0]["Refresh"] == answers[0]["Retry-After"] == "5"
