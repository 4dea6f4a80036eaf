"""Processes that are killed, and the machine that starts anew: all comes back by itself."""

from tests.deployment.conftest import SLUG
from tests.deployment.engine import wait_for
from tests.deployment.machine import Machine


def ready(machine: Machine) -> bool:
    try:
        return machine.visitor().request("GET", "/readyz")[0] == 200
    except (AssertionError, OSError):  # no proxy yet
        return False


def test_killed_workers_come_back_and_send_what_waits(machine, sign_up):
    for name in ("worker-1", "worker-2"):
        machine.kill(name)
    mailbox = sign_up("waehrenddessen@stadt.example")

    wait_for(lambda: mailbox.messages, 60)
    machine.wait_until_healthy()
    assert len(mailbox.messages) == 1
    assert machine.container("worker-1")["RestartCount"] == 1


def test_killed_database_comes_back_with_everybody(machine, sign_up):
    mailbox = sign_up("davor@stadt.example")
    wait_for(lambda: mailbox.messages, 60)
    reader, page = machine.visitor(), f"/talks/{SLUG}/"
    assert reader.request("GET", page)[0] == 200

    machine.kill("db-1")

    # Kept by the proxy.
    assert reader.request("GET", page)[0] == 200
    wait_for(lambda: ready(machine), 60)
    sign_up("danach@stadt.example")
    assert machine.manage("check_invariants") == "Alles stimmt.\n"
    assert "davor@stadt.example" in emails(machine)
    machine.wait_until_healthy()


def emails(machine: Machine) -> str:
    return machine.shell(
        "from registration.models import Registration\n"
        "print(*Registration.objects.values_list('email', flat=True))\n"
    )


def test_restart_of_all_by_hand(machine, sign_up):
    machine.type("docker compose restart")

    wait_for(lambda: ready(machine), 60)
    machine.wait_until_healthy()
    mailbox = sign_up("neustart@stadt.example")
    wait_for(lambda: mailbox.messages, 60)


def test_restart_of_the_machine(machine, engine, sign_up):
    """All start at once then: nobody waits for the database, as Compose does."""
    engine.stop("daemon")
    engine.start()

    wait_for(lambda: ready(machine), 90, every=2)
    machine.wait_until_healthy()
    mailbox = sign_up("strom-ist-wieder-da@stadt.example")
    wait_for(lambda: mailbox.messages, 60)
    assert machine.manage("check_invariants") == "Alles stimmt.\n"
