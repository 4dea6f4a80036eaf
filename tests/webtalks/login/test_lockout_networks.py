"""Many names tried from one network; how locks are lifted; what the log tells of it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.urls import reverse

from webtalks.http import error_pages
from webtalks.login import hasher, lockout
from webtalks.logs.pseudonyms import pseudonym

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PASSWORD = "richtig und lang genug"
LOGIN = "/admin/login/"
TOWN_HALL = "203.0.113.7"
ACCOUNTS = reverse("admin:auth_user_changelist")


@pytest.fixture
def organiser():
    return User.objects.create_superuser("änne", password=PASSWORD)


def log_in(client, password, name="änne", address=TOWN_HALL):
    return client.post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)


def try_names(client, number=30, address=TOWN_HALL):
    """Try so many names with one wrong password each; return the statuses."""
    return [log_in(client, "falsch", f"name{n}", address).status_code for n in range(number)]


def lines(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if "webtalks" in record.name]


def test_thirty_wrong_passwords_in_ten_minutes_lock_the_network(client, organiser, clock):
    assert try_names(client) == [200] * 30

    locked = log_in(client, PASSWORD)
    assert (locked.status_code, locked["Retry-After"]) == (429, "600")
    assert "Die Anmeldung ist für alle, die ihn benutzen, gesperrt" in locked.content.decode()
    assert log_in(client, PASSWORD, address="203.0.113.8").status_code == 302
    client.logout()
    clock.shift(timedelta(minutes=10, seconds=1))
    assert log_in(client, PASSWORD).status_code == 302


@pytest.mark.once
def test_locked_network_costs_no_hash(client, organiser, settings, monkeypatch):
    try_names(client)
    settings.PASSWORD_HASHERS = ["webtalks.login.hasher.FewAtOnce"]
    # Whoever came to hash a password would be asked to come back.
    monkeypatch.setattr(hasher, "_admitted", hasher.BoundedSemaphore(1))

    with hasher.turn():
        assert log_in(client, PASSWORD).status_code == 429
        assert log_in(client, PASSWORD, address="203.0.113.8").status_code == 503


@pytest.mark.once
def test_log_counts_refused_log_ins_and_names_nobody(client, organiser, caplog):
    for _ in range(2):
        log_in(client, "falsch")
    log_in(client, "falsch", name="ÄNNE", address="203.0.113.8")
    try_names(client, 28)
    log_in(client, "falsch")

    found = lines(caplog)
    name, network = pseudonym("name", "änne"), pseudonym("network", TOWN_HALL)
    assert found[0] == f"Log-in refused (wrong password): name {name}, network {network}"
    assert found[1] == found[0]
    assert f"name {name}," in found[2]
    assert f"network {network}" not in found[2]
    assert found[-1] == f"Log-in refused (locked out): name {name}, network {network}"
    assert len(found) == len(caplog.records) == 32
    assert re.search(r"änne|203\.0\.113", caplog.text, re.IGNORECASE) is None


def test_log_counts_pages_that_an_organiser_may_not_see(client, caplog):
    reader = User.objects.create_user("kim", password=PASSWORD, is_staff=True)
    reader.groups.add(Group.objects.get_or_create(name="Lesend")[0])
    client.force_login(reader)

    for path in (reverse("admin:find_person"), ACCOUNTS):
        assert client.get(path, REMOTE_ADDR=TOWN_HALL).status_code == 403

    who = f"name {pseudonym('name', 'kim')}, network {pseudonym('network', TOWN_HALL)}"
    assert [line for line in lines(caplog) if line.startswith("No right")] == [
        f"No right to GET admin:find_person: {who}",
        f"No right to GET admin:auth_user_changelist: {who}",
    ]


def test_sign_of_a_name_depends_on_the_key(settings):
    first = pseudonym("name", "änne")
    settings.SECRET_KEY = "another"

    assert (len(first), first == pseudonym("name", "änne")) == (12, False)
    assert pseudonym("network", None) == "-"


@pytest.mark.parametrize(("arguments", "opens"), [([], True), (["ÄNNE"], True), (["kim"], False)])
def test_command_lifts_the_locks_of_one_name_or_all(client, organiser, arguments, opens, capsys):
    for _ in range(5):
        log_in(client, "falsch")

    call_command("unlock", *arguments)

    assert (log_in(client, PASSWORD).status_code == 302) == opens
    assert ("Aufgehoben; betroffene Benutzernamen: 1." in capsys.readouterr().out) == opens


def test_command_lifts_the_lock_of_a_network(client, organiser):
    try_names(client)

    call_command("unlock", "änne")
    assert log_in(client, PASSWORD).status_code == 429
    call_command("unlock")
    assert log_in(client, PASSWORD).status_code == 302


@pytest.mark.parametrize(("which", "opens"), [("konten", (True, False)), ("alle", (True, True))])
def test_admin_asks_and_then_lifts_locks(client, admin_client, organiser, which, opens):
    other = User.objects.create_superuser("kim", password=PASSWORD)
    for name in ("änne", "kim"):
        for _ in range(5):
            log_in(client, "falsch", name)
    chosen = {"action": "unlock", "_selected_action": [organiser.pk]}

    asked = admin_client.post(ACCOUNTS, chosen)
    assert lockout.AccessAttempt.objects.count() == 2
    done = admin_client.post(ACCOUNTS, chosen | {"sperren": which}, follow=True)

    page = asked.content.decode()
    assert ("<li>änne</li>" in page, 'value="alle"' in page) == (True, True)
    assert "Die Sperren sind aufgehoben." in done.content.decode()
    answers = [log_in(client, PASSWORD, user.username).status_code for user in (organiser, other)]
    assert tuple(status == 302 for status in answers) == opens


def test_lock_is_lifted_by_nobody_without_the_right(client, organiser):
    for _ in range(5):
        log_in(client, "falsch")
    reader = User.objects.create_user("kim", password=PASSWORD, is_staff=True)
    client.force_login(reader)

    answer = client.post(ACCOUNTS, {"action": "unlock", "_selected_action": [organiser.pk]})

    assert (answer.status_code, lockout.AccessAttempt.objects.count()) == (403, 1)
    assert error_pages.HEADINGS[403] in answer.content.decode()
