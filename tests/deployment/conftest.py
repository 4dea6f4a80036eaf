"""The site as README and docs/betrieb.md bring it up, once for all tests of this folder."""

import re

import pytest

from tests.deployment.engine import Engine
from tests.deployment.machine import BETRIEB, COMPOSE, README, Machine, certify, printed
from tests.deployment.post import PostOffice
from tests.mailbox import Mailbox
from tests.server import free_port, thanks

SLUG = "vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg"
# All visitors come from one address here.
MANY_AT_ONE_ADDRESS = {"THROTTLE": "off"}


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    with Engine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture(scope="session")
def post(tmp_path_factory):
    server = PostOffice(tmp_path_factory.mktemp("post"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def machine(engine, post, tmp_path_factory):
    """Install the site by README's lines, with the mail server of the house."""
    ports = {"HTTP_PORT": str(free_port()), "HTTPS_PORT": str(free_port())}
    directory = tmp_path_factory.mktemp("machine")
    ports["CERTIFICATES"] = str(certify(directory / "certificates"))
    machine = Machine(engine, directory, **ports, **MANY_AT_ONE_ADDRESS)
    (machine.directory / "house-ca.crt").write_bytes(post.certificate.read_bytes())
    override = re.search(r"```yaml\n(services:.*?mail\.example\.org.*?)```", BETRIEB, re.DOTALL)[1]
    (machine.directory / "compose.override.yaml").write_text(
        override.replace("192.0.2.25", "host-gateway")
    )
    (lines,) = re.findall(r"^```sh\n(cat > \.env .*?)^```$", README, re.MULTILINE | re.DOTALL)
    install, start, _ = re.split(r"^(docker compose build\n.*\n)", lines, flags=re.MULTILINE)
    machine.type(install.replace("mail.example.org:587", f"mail.example.org:{post.port}"))
    machine.configure()
    try:
        machine.type(start, timeout=600)
        machine.type(printed(COMPOSE, "docker compose exec web-1 manage load_talks") + " --demo")
        machine.wait_until_healthy()
        machine.first = machine.containers()
        yield machine
    finally:
        machine.remove()


@pytest.fixture
def sign_up(machine, post):
    """Give a function that signs a person up over TLS and returns their mailbox."""

    def sign_up(email: str, **more) -> Mailbox:
        visitor = machine.visitor()
        form = visitor.open_form("/anmeldung/")
        person = {"talks": SLUG, "name": 'Änne & "Kim" Beispiel', "email": email, **more}
        assert visitor.post("/anmeldung/", form, **person) == (302, thanks(SLUG))
        return Mailbox(post, email)

    return sign_up
