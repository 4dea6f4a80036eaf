"""Up from nothing: what runs, as whom, and what it lets itself be asked."""

import time

import pytest

from tests.deployment.engine import wait_for
from tests.deployment.machine import COMPOSE, HOST, README, certify, printed
from tests.server import Visitor

PASSWORD = 'Wärme & "Licht" 42'
TMP = "/tmp"  # noqa: S108
# User and group of the first process, what it may write besides /tmp.
CONTAINERS = {
    "db": ("999:999", {"/var/lib/postgresql/data", "/run/postgresql"}),
    "web-1": ("10001:10001", {"/data"}),
    "web-2": ("10001:10001", {"/data"}),
    "worker": ("10001:10001", {"/data", "/backups"}),
    "proxy": ("10002:10002", {"/buffers"}),  # the certificates lie in a directory of root
}
# Every directory that can be written to, but those below another one.
LOOK = r"""
id -u; id -g; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/1/status | cut -f 2
find / \( -path /proc -o -path /sys -o -path /dev \) -prune -o \
    -type d -writable -print -prune 2>&1 | grep -v 'Permission denied'
"""
# Its page asks an organiser for the second factor; the PDF is the same without.
REPORT = """
from types import SimpleNamespace
from django.test import RequestFactory
from registration.desk.figures.funder.pages import report_pdf

request = RequestFactory().get("/")
request.user = SimpleNamespace(has_perm=lambda *permissions: True)
answer = report_pdf(request, 2026)
print(answer.status_code, answer.content[:5].decode())
"""


@pytest.mark.parametrize("service", CONTAINERS)
def test_container_is_nobody_and_writes_only_where_compose_says(machine, service):
    (machine.directory / "look.sh").write_text(LOOK)

    said = machine.type(f"docker compose exec -T {service} sh < look.sh").split()

    user, places = CONTAINERS[service]
    assert said[:5] == [*user.split(":"), "0" * 16, "0" * 16, "1"]
    assert {*said[5:]} == {TMP, *places}


def test_everything_waits_for_what_it_needs(machine):
    """So nothing had to be started twice."""
    assert [container["RestartCount"] for container in machine.first] == [0] * 7


def test_plain_http_leads_to_the_site_over_tls(machine):
    plain = Visitor(int(machine.settings["HTTP_PORT"]))

    status, headers, _ = plain.request("GET", "/archiv/", headers={"Host": HOST})

    assert (status, headers["Location"]) == (301, f"https://{HOST}/archiv/")


def test_superuser_made_in_the_container_can_log_in(machine):
    machine.answer(
        printed(README, "docker compose exec web-1 manage createsuperuser"),
        {
            "'webtalks'): ": "änne",
            "E-Mail-Adresse: ": "aenne@stadt.example",
            "Password: ": PASSWORD,
            "Password (again): ": PASSWORD,
        },
    )

    visitor = machine.visitor()
    page = "/admin/login/"
    answer = visitor.post(page, visitor.open_form(page), username="änne", password=PASSWORD)
    assert answer == (302, "/admin/")


def test_person_signs_up_over_tls_and_gets_a_mail_by_the_server_of_the_house(sign_up, machine):
    mailbox = sign_up("anne@stadt.example")

    wait_for(lambda: mailbox.messages, 60)
    time.sleep(3)  # a second one would follow at once
    (message,) = mailbox.messages
    assert message["From"] == f"Kleinstadt Web-Talks <webtalks@{HOST}>"
    link = mailbox.link("/").removeprefix(f"https://{HOST}")
    assert machine.visitor().request("GET", link)[0] == 200


def test_proxy_takes_a_new_certificate_without_a_stop(machine):
    old = machine.visitor()
    certify(machine.directory / "certificates")
    assert old.request("GET", "/")[0] == 200

    machine.type(printed(COMPOSE, "docker compose kill --signal HUP proxy"))

    new = machine.visitor()
    wait_for(lambda: answers(new), 20)
    with pytest.raises(OSError, match="certificate verify failed"):
        old.request("GET", "/")
    assert machine.container("proxy-1")["RestartCount"] == 0


def answers(visitor) -> bool:
    try:
        return visitor.request("GET", "/")[0] == 200
    except OSError:
        return False


def test_image_has_what_writes_pdfs(machine):
    assert machine.shell(REPORT).split() == ["200", "%PDF-"]
