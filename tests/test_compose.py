"""compose.yaml: parsed, and its commands run as far as that needs no container engine."""

import ast
import ipaddress
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import dj_database_url
import pytest
import yaml
from django.conf import settings

from registration.models.heartbeat import LOST_AFTER
from tests.image import BUILD, FINAL, image_environment, instructions
from tests.webtalks.test_settings import PRODUCTION

ROOT = settings.BASE_DIR
NGINX = (ROOT / "webtalks" / "proxy" / "nginx.conf").read_text()
README = (ROOT / "README.md").read_text()
TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
WEBS = ["web-1", "web-2"]
APP = ["migrate", *WEBS, "worker"]
# Compose's own default; the first three numbers of every address inside.
NETWORK = "172.30.80"
# What the operator writes into .env; the rest is optional.
DOT_ENV = {
    "SECRET_KEY": PRODUCTION["SECRET_KEY"],
    "SITE_URL": "https://talks.example.org",
    "SMTP_URL": "smtp+starttls://mail.example.org:587",
    "POSTGRES_PASSWORD": "p@ss/w:rd#?%20",
}
# Touched by a worker that works.
ALIVE = "/tmp/alive"  # noqa: S108


def interpolate(text: str, values: dict) -> str:
    """Do what Compose does with the two forms used here, ${NAME:?message} and ${NAME:-default}."""

    def replacement(match):
        name, operator, rest = match.groups()
        if values.get(name):
            return values[name]
        if operator == "?":
            raise LookupError(rest)
        return rest

    return re.sub(r"\$\{(\w+):([-?])([^}]*)\}", replacement, text)


def environment(service: str, values: dict) -> dict:
    """Return the environment that Compose gives to a service of ours with `values` in .env."""
    result = image_environment()
    for name, text in SERVICES[service]["environment"].items():
        if text is not None:
            result[name] = interpolate(text, values)
        elif name in values:
            result[name] = values[name]
    return result


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """Write the image's commands as the Dockerfile does and return their directory."""
    (script,) = [rest for rest in instructions(BUILD, "RUN") if "> web" in rest]
    script = script.replace("/app/", f"{ROOT}/")
    subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True)
    return tmp_path


def path_with(commands: Path) -> dict:
    """Return a PATH that finds the image's commands, then the Python that runs the tests."""
    return {"PATH": f"{commands}:{Path(sys.executable).parent}:/usr/bin:/bin"}


def run_command(
    commands: Path, service: str, *arguments: str, dot_env=DOT_ENV
) -> subprocess.CompletedProcess:
    return subprocess.run(
        [commands / arguments[0], *arguments[1:]],
        cwd=ROOT,
        env=environment(service, dot_env) | path_with(commands),
        capture_output=True,
        text=True,
    )


# compose.yaml


def test_services_start_in_order():
    conditions = {
        name: {other: wait["condition"] for other, wait in service["depends_on"].items()}
        for name, service in SERVICES.items()
        if name not in ("db", "proxy")
    }

    started = {"db": "service_healthy", "migrate": "service_completed_successfully"}
    assert conditions == {
        "migrate": {"db": "service_healthy"},
        **dict.fromkeys([*WEBS, "worker"], started),
    }
    # It begins at once: it has a page for that.
    assert "depends_on" not in SERVICES["proxy"]
    assert SERVICES["worker"]["deploy"] == {"replicas": 2}
    assert [name for name, s in SERVICES.items() if s["restart"] != "unless-stopped"] == [
        "migrate"
    ]
    assert SERVICES["migrate"]["restart"] == "no"


def test_services_know_whether_they_are_healthy():
    """Only web and proxy listen; they have their image's check, the others must not inherit it."""
    assert {name: SERVICES[name].get("healthcheck") for name in ["migrate", *WEBS, "proxy"]} == {
        "migrate": {"disable": True},
        **dict.fromkeys([*WEBS, "proxy"]),
    }
    # On the socket the image answers while it is still creating the database.
    assert {"pg_isready", "--host=127.0.0.1"} <= set(SERVICES["db"]["healthcheck"]["test"])


def test_sign_of_life_lies_where_each_worker_writes_for_itself():
    """Each container has its own /tmp, in memory; a volume is shared by both."""
    worker = SERVICES["worker"]

    assert worker["command"] == ["worker", "--alive-file", ALIVE]
    assert str(worker["healthcheck"]["test"]).count(ALIVE) == 1
    assert [place.partition(":")[0] for place in worker["tmpfs"]] == [str(Path(ALIVE).parent)]


@pytest.mark.parametrize(
    ("age", "is_healthy"),
    [(None, False), (0, True), (LOST_AFTER.seconds - 120, True), (LOST_AFTER.seconds, False)],
)
def test_worker_is_healthy_while_its_sign_of_life_is_young(tmp_path, age, is_healthy):
    file = tmp_path / "alive"
    if age is not None:
        file.touch()
        os.utime(file, (time.time() - age, time.time() - age))
    kind, command = SERVICES["worker"]["healthcheck"]["test"]

    done = subprocess.run(["sh", "-c", command.replace(ALIVE, str(file))], capture_output=True)

    assert (kind, done.returncode == 0) == ("CMD-SHELL", is_healthy)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SITE_URL", "POSTGRES_PASSWORD"])
@pytest.mark.parametrize("value", [None, ""])
def test_compose_refuses_to_start_without(name, value):
    interpolate(TEXT, DOT_ENV)

    with pytest.raises(LookupError, match=f"^set {name} in .env"):
        interpolate(TEXT, DOT_ENV | {name: value})


def test_database_url_leads_to_the_database():
    given = SERVICES["web-1"]["environment"]
    server = SERVICES["db"]["environment"]

    url = dj_database_url.parse(given["DATABASE_URL"])

    assert url["ENGINE"] == "django.db.backends.postgresql"
    assert (url["HOST"], url["USER"], url["NAME"], url["PASSWORD"]) == (
        *("db", server["POSTGRES_USER"], server["POSTGRES_DB"]),
        "",
    )
    assert given["PGPASSWORD"] == server["POSTGRES_PASSWORD"]


def test_volumes_keep_what_must_survive():
    mounted = {name: service["volumes"] for name, service in SERVICES.items()}

    data = image_environment()["DATA_DIR"]
    # Out of reach of the web processes, and a directory of the machine: others copy it from there.
    assert mounted["worker"].pop() == "${BACKUPS:-./backups}:/backups"
    assert instructions(FINAL, "VOLUME") == [data]
    assert mounted == {
        # From 18 on the image keeps its data in another directory.
        "db": ["db:/var/lib/postgresql/data"],
        **dict.fromkeys(APP, [f"data:{data}"]),
        "proxy": ["${CERTIFICATES:-certificates}:/certificates", "buffers:/buffers"],
    }
    assert SERVICES["db"]["image"] == "postgres:17"
    assert set(COMPOSE["volumes"]) == {"db", "data", "certificates", "buffers"}


def test_backups_are_the_workers():
    directories = {
        name: environment(name, DOT_ENV | {"BACKUP_DIR": "/elsewhere"}).get("BACKUP_DIR")
        for name in APP
    }

    assert directories == dict.fromkeys(["migrate", *WEBS]) | {"worker": "/backups"}
    assert "/backups/" in (ROOT / ".gitignore").read_text().splitlines()


def test_update_exchanges_every_image_of_ours_and_asks_for_new_base_images():
    (update,) = re.findall(r"^#   (docker compose build --.*(?:\n#   .*)*)", TEXT, re.MULTILINE)

    assert "docker compose build --pull &&" in update
    assert re.search(r"for name in (.*?); do", update)[1].split() == [*WEBS, "worker", "proxy"]


@pytest.mark.parametrize("name", ["compose.yaml", "docs/betrieb.md"])
def test_commands_by_hand_do_not_migrate_first(name):
    """A database that is broken would keep `restore` from being started at all."""
    text = (ROOT / name).read_text()
    runs = re.findall(r"docker compose(?: --progress quiet)? run ([^`\n]+)", text)

    assert [run for run in runs if "--no-deps" not in run and " migrate" not in run] == []
    assert runs != []


@pytest.mark.parametrize("name", SERVICES)
def test_containers_can_do_no_more_than_they_must(name):
    service = SERVICES[name]
    limits = ("read_only", "cap_drop", "security_opt", "privileged", "cap_add", "user", "init")

    assert {key: service[key] for key in limits if key in service} == {
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "init": True,
        # Ours say it in the image.
        **({"user": "postgres"} if name == "db" else {}),
    }
    assert [path.partition(":")[0] for path in service["tmpfs"]][0] == "/tmp"  # noqa: S108
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


def test_only_the_proxy_is_reached_from_outside():
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}

    assert published == {"proxy": ["${HTTP_PORT:-80}:8080", "${HTTPS_PORT:-443}:8443"]}
    assert [name for name, s in SERVICES.items() if "network_mode" in s] == []
    assert {f"listen {port}" for port in (8080, 8443)} <= set(re.findall(r"listen \d+", NGINX))


def test_proxy_finds_the_web_processes():
    """By addresses that stay; nginx asks for a name only when it begins."""
    port = image_environment()["PORT"]
    hosts = dict(line.split(":", 1) for line in SERVICES["proxy"]["extra_hosts"])

    assert re.findall(r"server (\S+):(\d+)", NGINX) == [(name, port) for name in WEBS]
    assert hosts == {name: SERVICES[name]["networks"]["inside"]["ipv4_address"] for name in WEBS}


def test_fixed_addresses_are_not_given_to_others():
    config, _ = COMPOSE["networks"]["inside"]["ipam"]["config"]
    subnet, others = (
        ipaddress.ip_network(interpolate(config[key], {})) for key in ("subnet", "ip_range")
    )

    fixed = [
        ipaddress.ip_address(interpolate(SERVICES[name]["networks"]["inside"]["ipv4_address"], {}))
        for name in [*WEBS, "proxy"]
    ]

    assert len(set(fixed)) == 3
    assert [address for address in fixed if address not in subnet or address in others] == []
    assert others.subnet_of(subnet)


def test_visitors_by_ipv6_keep_their_addresses():
    """As far as a file shows it; tests/deployment asks the containers."""
    network = COMPOSE["networks"]["inside"]
    _, config = network["ipam"]["config"]

    subnet = ipaddress.IPv6Network(interpolate(config["subnet"], {}))
    assert network["enable_ipv6"]
    assert (subnet.prefixlen, subnet.is_private) == (64, True)
    assert set(re.findall(r"listen \[::\]:(\d+)", NGINX)) == {"8080", "8443"}


# The commands, with the environment that Compose gives them


def test_settings_are_fit_for_production(commands):
    done = run_command(commands, "migrate", "manage", "check", "--deploy", "--fail-level=WARNING")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("System check identified no issues")


@pytest.mark.parametrize(
    ("more", "code"), [({}, 1), pytest.param({"MAIL_TO_FILES": "1"}, 0, marks=pytest.mark.slow)]
)
def test_site_itself_decides_whether_mails_may_become_files(commands, more, code):
    shown = DOT_ENV | {"SMTP_URL": ""} | more

    done = run_command(commands, "migrate", "manage", "check", dot_env=shown)

    assert (done.returncode, "(webtalks.E001)" in done.stderr) == (code, code == 1)


# Both have the same text in compose.yaml.
@pytest.mark.parametrize("name", ["web-1", pytest.param("web-2", marks=pytest.mark.slow)])
def test_web_listens_and_trusts_the_proxy_alone(commands, name):
    done = run_command(commands, name, *SERVICES[name]["command"], "--print-config")

    config = dict(re.findall(r"^(\w+) += (.*)$", done.stdout, re.MULTILINE))
    assert (done.returncode, config["config"], config["bind"]) == (
        0,
        "python:webtalks.gunicorn",
        "['0.0.0.0:8000']",
    )
    assert ast.literal_eval(config["forwarded_allow_ips"]) == [f"{NETWORK}.10"]
    proxy = SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    assert interpolate(proxy, {}) == f"{NETWORK}.10"


@pytest.mark.parametrize("service", [pytest.param("migrate", marks=pytest.mark.slow), "worker"])
def test_command_exists(commands, service):
    done = run_command(commands, service, *SERVICES[service]["command"], "--help")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: manage.py {service} ")


@pytest.mark.parametrize("name", ["web", "worker", "manage"])
def test_command_is_the_process_that_gets_the_signal(commands, name):
    """A shell in between would keep SIGTERM for itself."""
    (commands / "python").write_text('#!/bin/sh\necho "$$ $*"\n')
    (commands / "python").chmod(0o755)

    started = subprocess.Popen(
        [commands / name, "--extra"],
        env=path_with(commands),
        stdout=subprocess.PIPE,
        text=True,
    )
    pid, *arguments = started.communicate()[0].split()

    assert (int(pid), arguments[-1]) == (started.pid, "--extra")
