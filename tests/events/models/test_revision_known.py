"""What a process knows of the revision without asking the database."""

import threading

import pytest
from django.db import connection, transaction

from events.models import Revision, Topic, revision
from events.models.revision import KnownRevision, known_revision
from events.pages import edition
from events.pages.edition import editions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _long_believed(monkeypatch):
    """Let the number be believed for a minute, however slow the machine is."""
    monkeypatch.setattr(revision, "LOOK_EVERY", 60)


def in_another_thread(work):
    found = []

    def run():
        found.append(work())
        if connection.connection:
            connection.connection.close()  # Django's own `close` leaves a database in memory open

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.usefixtures("_long_believed")
def test_number_is_read_once_and_again_after_a_change_of_ones_own(django_assert_num_queries):
    before = known_revision.number()
    with django_assert_num_queries(0):
        assert [known_revision.number(), in_another_thread(known_revision.number)] == [before] * 2

    Topic.objects.create(name="Wärme & Licht")

    with django_assert_num_queries(1):
        assert [known_revision.number() for _ in range(3)] == [before + 1] * 3


def test_change_of_another_process_is_known_when_the_number_is_old(monkeypatch):
    here, there = KnownRevision(), KnownRevision()
    before = here.number(), there.number()
    Topic.objects.create(name="Wärme & Licht")  # only `known_revision` hears of it

    assert (here.number(), there.number()) == before
    monkeypatch.setattr(revision, "LOOK_EVERY", 0)
    assert here.number() == before[0] + 1


@pytest.mark.usefixtures("_long_believed")
def test_transaction_knows_its_own_number_and_tells_nobody():
    before = known_revision.number()

    with transaction.atomic():
        Topic.objects.create(name="Wärme & Licht")
        during = known_revision.number(), in_another_thread(known_revision.number)
        transaction.set_rollback(True)

    assert during == (before + 1, before)
    assert known_revision.number() == before


@pytest.mark.usefixtures("_long_believed")
def test_change_that_is_committed_while_another_thread_looks_is_seen():
    before = Revision.current()

    def rename_meanwhile(execute, *arguments):
        found = execute(*arguments)
        in_another_thread(lambda: Topic.objects.create(name="Wärme & Licht"))
        return found

    with connection.execute_wrapper(rename_meanwhile):
        seen = known_revision.number()

    assert (seen, known_revision.number()) == (before, before + 1)


def test_last_edition_is_shown_for_a_while(monkeypatch):
    assert editions.last() is None
    current = editions.current()

    assert editions.last() is current
    monkeypatch.setattr(edition, "SHOWN_WHILE_AWAY", 0)
    assert editions.last() is None
