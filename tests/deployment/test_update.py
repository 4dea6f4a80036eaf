"""The update that compose.yaml prints, typed while visitors read and sign up."""

import re

from tests.deployment.conftest import SLUG
from tests.deployment.engine import HERE, wait_for
from tests.deployment.machine import COMPOSE, Machine, printed
from tests.load.test_rolling_restart import Load
from tests.server import thanks

LOGIN = "/admin/login/"


class LoadOverTls(Load):
    """Visitors who look for the log-in page's files besides: each release names them anew."""

    def __init__(self, machine: Machine):
        super().__init__(int(machine.settings["HTTPS_PORT"]))
        self.person = machine.visitor()

    def visitor(self, number):
        return self.person

    def read(self, visitor, number):
        status, _, page = visitor.request("GET", ["/", f"/talks/{SLUG}/", LOGIN][number % 3])
        files = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
        found = [visitor.request("GET", file)[0] for file in files]
        return "GET", max([status, *found])


def started(machine: Machine) -> dict[str, str]:
    return {c["Name"].rpartition("webtalks-")[2]: c["Id"] for c in machine.containers()}


def change(machine: Machine, name: str, old: str, new: str):
    file = machine.directory / name
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_update_under_load_loses_no_request(machine):
    update = printed(COMPOSE, "docker compose build --pull")
    change(machine, "templates/base.html", "<body>", '<body data-release="2">')
    change(machine, "static/css/admin.css", (text := first_line(machine)), f"/* 2 */\n{text}")
    before = started(machine)
    # The log of a container goes with it.
    machine.type("docker compose logs --follow --tail 0 web-1 web-2 > web.log 2>&1 &")

    with LoadOverTls(machine) as load:
        machine.type(update, timeout=600)

    assert load.failed == {}, refused(machine)
    assert load.answers["POST", 302, thanks(SLUG)] > 50
    assert load.answers["GET", 200] > 50
    changed = {name for name, id in started(machine).items() if before[name] != id}
    assert changed == {"web-1-1", "web-2-1", "worker-1", "worker-2"}
    assert 'data-release="2"' in machine.visitor().request("GET", "/")[2]
    assert machine.manage("check_invariants") == "Alles stimmt.\n"


def refused(machine: Machine) -> str:
    """Return which requests the proxy could not answer, and what the web processes have logged."""
    logs = "docker compose logs --no-log-prefix proxy"
    return machine.type(f"{logs} | grep ' 50[0-9] ' || true; cat web.log")


def first_line(machine: Machine) -> str:
    return (machine.directory / "static/css/admin.css").read_text().partition("\n")[0]


def test_update_of_postgresql_is_a_gap_of_seconds(machine, engine, sign_up):
    engine.build("postgres:17", HERE / "postgres", "--label", "release=17.next")
    before = started(machine)

    machine.type(printed(COMPOSE, "docker compose pull db"))

    changed = {name for name, id in started(machine).items() if before[name] != id}
    assert changed == {"db-1"}
    wait_for(lambda: machine.visitor().request("GET", "/readyz")[0] == 200, 30)
    sign_up("nach-dem-update@stadt.example")
