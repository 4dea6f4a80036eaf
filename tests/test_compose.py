"""compose.yaml and Dockerfile: parsed, and run where that needs no container engine."""

import ast
import http.server
import ipaddress
import json
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import dj_database_url
import pytest
import yaml
from django.conf import settings
from psycopg.pq import Conninfo

from tests.webtalks.test_settings import PRODUCTION

ROOT = settings.BASE_DIR
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
APP = ["migrate", "web", "worker"]
# What the operator writes into .env; the rest is optional.
DOT_ENV = {
    "SECRET_KEY": PRODUCTION["SECRET_KEY"],
    "SITE_URL": "https://talks.example.org",
    "SMTP_URL": "smtp+starttls://mail.example.org:587",
    "POSTGRES_PASSWORD": "p@ss/w:rd#?%20",
}
# Names that no code of ours reads; each has its own proof below.
READ_BY_LIBRARIES = {"PGPASSWORD"}


def dockerfile() -> list[list[tuple[str, str]]]:
    """Return the instructions as (name, rest): those before the first FROM, then each stage's."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    parts = [[]]
    for line in filter(None, text.replace("\\\n", "").splitlines()):
        name, rest = line.split(maxsplit=1)
        if name == "FROM":
            parts.append([])
        parts[-1].append((name, rest))
    return parts


PARTS = dockerfile()
BUILD, FINAL = PARTS[1], PARTS[-1]


def instructions(part: list[tuple[str, str]], wanted: str) -> list[str]:
    return [rest for name, rest in part if name == wanted]


def image_environment() -> dict:
    """Return what the image itself sets, without the PATH, which leads into the image."""
    pairs = [pair for rest in instructions(FINAL, "ENV") for pair in shlex.split(rest)]
    return {key: value for key, value in (p.split("=", 1) for p in pairs) if key != "PATH"}


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


def run_command(commands: Path, service: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [commands / arguments[0], *arguments[1:]],
        cwd=ROOT,
        env=environment(service, DOT_ENV) | path_with(commands),
        capture_output=True,
        text=True,
    )


# compose.yaml


def test_services_start_in_order():
    conditions = {
        name: {other: wait["condition"] for other, wait in service.get("depends_on", {}).items()}
        for name, service in SERVICES.items()
    }

    started = {"db": "service_healthy", "migrate": "service_completed_successfully"}
    assert conditions == {
        "db": {},
        "migrate": {"db": "service_healthy"},
        "web": started,
        "worker": started,
    }
    assert [name for name, s in SERVICES.items() if s["restart"] != "unless-stopped"] == [
        "migrate"
    ]
    assert SERVICES["migrate"]["restart"] == "no"


def test_services_know_whether_they_are_healthy():
    """Only web listens; it has the image's check, and the others must not inherit it."""
    assert {name: SERVICES[name].get("healthcheck") for name in APP} == {
        "migrate": {"disable": True},
        "web": None,
        "worker": {"disable": True},
    }
    # On the socket the image answers while it is still creating the database.
    assert {"pg_isready", "--host=127.0.0.1"} <= set(SERVICES["db"]["healthcheck"]["test"])


@pytest.mark.parametrize("name", DOT_ENV)
@pytest.mark.parametrize("value", [None, ""])
def test_compose_refuses_to_start_without(name, value):
    text = (ROOT / "compose.yaml").read_text()
    interpolate(text, DOT_ENV)

    with pytest.raises(LookupError, match=f"^set {name} in .env"):
        interpolate(text, DOT_ENV | {name: value})


def test_every_variable_is_read():
    code = "".join(file.read_text() for file in ROOT.glob("webtalks/*.py"))
    read = set(re.findall(r"""\b(?:env|required|environ\.get)\(\s*["']([A-Z0-9_]+)["']""", code))
    python_reads = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    given = {name for service in APP for name in SERVICES[service]["environment"]}

    assert (given | set(image_environment())) - python_reads - read == READ_BY_LIBRARIES
    assert b"PGPASSWORD" in {option.envvar for option in Conninfo.get_defaults()}


def test_database_url_leads_to_the_database():
    given = SERVICES["web"]["environment"]
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
    assert instructions(FINAL, "VOLUME") == [data]
    assert mounted == {
        # From 18 on the image keeps its data in another directory.
        "db": ["db:/var/lib/postgresql/data"],
        "migrate": [f"data:{data}"],
        "web": [f"data:{data}"],
        "worker": [f"data:{data}"],
    }
    assert SERVICES["db"]["image"] == "postgres:17"
    assert set(COMPOSE["volumes"]) == {"db", "data"}


@pytest.mark.parametrize("service", APP)
def test_containers_can_do_no_more_than_they_must(service):
    limits = ("read_only", "cap_drop", "security_opt", "privileged", "cap_add", "user")

    assert {key: SERVICES[service][key] for key in limits if key in SERVICES[service]} == {
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }
    assert [path.partition(":")[0] for path in SERVICES[service]["tmpfs"]] == ["/tmp"]  # noqa: S108


def test_only_this_machine_reaches_the_port():
    port = image_environment()["PORT"]

    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}

    assert published == {"web": [f"127.0.0.1:8000:{port}"]}
    assert [name for name, s in SERVICES.items() if "network_mode" in s] == []


# The commands, with the environment that Compose gives them


def test_settings_are_fit_for_production(commands):
    done = run_command(commands, "migrate", "manage", "check", "--deploy", "--fail-level=WARNING")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("System check identified no issues")


def test_web_listens_and_trusts_the_proxy(commands):
    done = run_command(commands, "web", *SERVICES["web"]["command"], "--print-config")

    config = dict(re.findall(r"^(\w+) += (.*)$", done.stdout, re.MULTILINE))
    assert (done.returncode, config["config"], config["bind"]) == (
        0,
        "python:webtalks.gunicorn",
        "['0.0.0.0:8000']",
    )
    trusted = [*map(ipaddress.ip_network, ast.literal_eval(config["forwarded_allow_ips"]))]
    assert [network for network in trusted if not network.is_private] == []
    for gateway in map(ipaddress.ip_address, ("172.18.0.1", "172.31.0.1", "192.168.16.1")):
        assert any(gateway in network for network in trusted)


@pytest.mark.parametrize("service", ["migrate", "worker"])
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


# Dockerfile


def test_image_is_built_in_two_stages():
    assert [part[0] for part in PARTS] == [
        ("ARG", "BASE_IMAGE=debian:trixie-slim"),
        ("FROM", "${BASE_IMAGE} AS build"),
        ("FROM", "${BASE_IMAGE}"),
    ]
    assert instructions(FINAL, "COPY") == [
        "--from=build /opt/venv /opt/venv",
        "--from=build /app /app",
    ]
    assert instructions(FINAL, "CMD") == ['["web"]']


def test_image_does_not_run_as_root():
    (user,) = instructions(FINAL, "USER")
    uid, gid = map(int, user.split(":"))
    creating = [rest for rest in instructions(FINAL, "RUN") if "useradd" in rest]
    last = max(index for index, (name, _) in enumerate(FINAL) if name in ("RUN", "COPY"))

    assert (uid, gid) == (10001, 10001)
    assert [re.search(r"--uid (\d+)", rest)[1] for rest in creating] == [str(uid)]
    # Whatever is installed belongs to root.
    assert FINAL.index(("USER", user)) > last


def test_image_holds_no_secret():
    arguments = [rest for part in PARTS for rest in instructions(part, "ARG")]

    assert set(arguments) == {"BASE_IMAGE=debian:trixie-slim", "PIP_CERT", "SSL_CERT_FILE"}
    assert instructions(BUILD, "ENV") == []
    assert set(image_environment()) == {
        *("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"),
        *("DATA_DIR", "STATIC_ROOT", "HOST", "PORT"),
    }


def test_image_installs_by_hash_and_keeps_no_caches():
    runs = instructions(BUILD, "RUN") + instructions(FINAL, "RUN")
    (pip,) = [shlex.split(rest) for rest in runs if "/bin/pip " in rest]
    apt = [rest for rest in runs if "apt-get" in rest]

    assert {"--require-hashes", "--no-cache-dir"} <= set(pip)
    assert len(apt) == 2
    assert [rest for rest in apt if "rm -rf /var/lib/apt/lists/*" not in rest] == []


def test_image_gets_the_site_and_nothing_else():
    copied = {source for rest in instructions(BUILD, "COPY") for source in rest.split()[:-1]}
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    directories = settings.TEMPLATES[0]["DIRS"] + settings.STATICFILES_DIRS

    assert copied == {
        *("LICENSE", "manage.py", "requirements.txt"),
        *packages,
        *(path.name for path in directories),
    }
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied


@pytest.fixture
def site():
    """Serve /readyz for talks.example.org with the status in `site.status`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = (self.path, self.headers["Host"])
            is_right = asked == ("/readyz", "talks.example.org:8443")
            self.send_response(self.server.status if is_right else 400)
            self.end_headers()

        def log_message(self, *args):
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def healthcheck(port: int) -> int:
    (rest,) = instructions(FINAL, "HEALTHCHECK")
    python, *arguments = json.loads(rest.partition(" CMD ")[2])
    assert python == "python"
    done = subprocess.run(
        [sys.executable, *arguments],
        env={"PORT": str(port), "SITE_URL": "https://talks.example.org:8443/"},
        capture_output=True,
    )
    return done.returncode


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (301, 1)])
def test_healthcheck_asks_the_site(site, status, code):
    site.status = status

    assert healthcheck(site.server_port) == code


def test_healthcheck_of_a_site_that_is_not_there(site):
    site.server_close()

    assert healthcheck(site.server_port) == 1
