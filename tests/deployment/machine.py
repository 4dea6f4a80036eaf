"""A machine of an operator: a checkout, its .env, and what is typed there."""

import http.client
import json
import os
import pty
import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlencode

from tests.deployment.engine import Engine, run, wait_for
from tests.server import ROOT, Visitor

HOST = "talks.example.org"
DEBIANS = "/etc/ssl/certs/ca-certificates.crt"
BETRIEB = (ROOT / "docs" / "betrieb.md").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
README = (ROOT / "README.md").read_text()


def printed(text: str, beginning: str) -> str:
    """Return the command that the text prints with this beginning, as one line."""
    whole = re.sub(r"&&\n#? *", "&& ", text)
    (line,) = {
        f"{beginning}{rest}" for rest in re.findall(rf"{re.escape(beginning)}([^`\n]*)", whole)
    }
    return line


class Machine:
    host = HOST

    def __init__(self, engine: Engine, directory: Path, **settings: str):
        """Check the site out; `settings` are added to .env when it is written."""
        self.engine, self.directory, self.settings = engine, directory, settings
        files = run(
            "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT
        )
        for name in filter(None, files.split("\0")):
            if (ROOT / name).is_file():
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, directory / name)
        shutil.copy(certificates_of_this_machine(), directory / "ca.crt")
        self.settings |= {"CA": "ca.crt"}
        # The containers as they were after the first start.
        self.first = []

    def configure(self):
        with open(self.directory / ".env", "a") as file:
            file.writelines(f"{name}='{value}'\n" for name, value in self.settings.items())

    def type(self, lines: str, *, timeout=420) -> str:
        """Run lines as the documents print them; return what they write."""
        done = subprocess.run(
            ["sh", "-ec", lines.replace("sudo ", "")],
            cwd=self.directory,
            env=self.engine.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr[-6000:]}"
        return done.stdout

    def manage(self, command: str) -> str:
        """Run a command of manage.py as docs/betrieb.md says for containers."""
        return self.type(f"docker compose run --rm --no-deps worker manage {command}")

    def shell(self, code: str) -> str:
        """Run code of Python in a web process' container."""
        (self.directory / "code.py").write_text(code)
        return self.type("docker compose exec -T web-1 manage shell --no-imports < code.py")

    def containers(self) -> list[dict]:
        """Return what `docker inspect` says of each container of this site."""
        names = self.type("docker compose ps --all --quiet").split()
        return json.loads(self.engine.docker("inspect", *names))

    def container(self, name: str) -> dict:
        """Return what `docker inspect` says of the container named like `web-1-1`."""
        (found,) = [c for c in self.containers() if c["Name"].endswith(f"-{name}")]
        return found

    def sick(self) -> dict[str, str]:
        """Return the containers that do not run or are not healthy, and what they are."""
        states = {c["Name"]: c["State"] for c in self.containers()}
        found = {
            name: state["Health"]["Status"] if state["Running"] else state["Status"]
            for name, state in states.items()
            if "Health" in state or state["ExitCode"] != 0
        }
        return {name: status for name, status in found.items() if status != "healthy"}

    def wait_until_healthy(self, seconds=150):
        wait_for(lambda: not self.sick(), seconds, every=2)

    def kill(self, name: str):
        """Kill the container's first process from outside, as a lack of memory does."""
        state = self.container(name)["State"]
        os.kill(state["Pid"], 9)
        wait_for(lambda: self.container(name)["State"]["StartedAt"] != state["StartedAt"], 60)

    def visitor(self) -> "TlsVisitor":
        """Return a visitor who knows the certificate that the proxy made for itself."""
        text = self.type("docker compose exec -T proxy cat /certificates/fullchain.pem")
        return TlsVisitor(self.host, int(self.settings["HTTPS_PORT"]), text)

    def answer(self, command: str, answers: dict[str, str]) -> str:
        """Run the command in a terminal; type each answer where its question appears."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.directory)
            os.execvpe("sh", ["sh", "-c", command], self.engine.environment)  # noqa: S606
        said, waiting = "", dict(answers)
        while piece := read(terminal):
            said += piece
            for question in [question for question in waiting if said.endswith(question)]:
                os.write(terminal, f"{waiting.pop(question)}\n".encode())
        os.close(terminal)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said
        return said

    def remove(self):
        self.type("docker compose down --volumes --timeout 5")


def certify(directory: Path) -> Path:
    """Lay a new certificate into the directory as the proxy's user may read it."""
    directory.mkdir(exist_ok=True)
    names = ["-keyout", directory / "privkey.pem", "-out", directory / "fullchain.pem"]
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    about = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    run(*command.split(), *about, *names)
    for file in directory.iterdir():
        os.chown(file, 10002, 10002)
    return directory


def read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # on Linux the end
        return ""


def certificates_of_this_machine() -> str:
    """Return the file of those whom pip trusts here; behind a private CA it has that one too."""
    names = ("PIP_CERT", "SSL_CERT_FILE")
    named = [os.environ[name] for name in names if os.environ.get(name)]
    return [*named, ssl.get_default_verify_paths().cafile or DEBIANS][0]


class TlsVisitor(Visitor):
    """A browser for the site `host`, which it finds at `port` of this machine."""

    def __init__(self, host: str, port: int, certificates: str):
        super().__init__(port)
        self.host = host
        self.context = ssl.create_default_context(cadata=certificates)

    def request(self, method, path, body=None, headers=None):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
        connection = http.client.HTTPConnection(self.host)
        with self.context.wrap_socket(plain, server_hostname=self.host) as connection.sock:
            more = {"Referer": f"https://{self.host}/", **(headers or {})}
            connection.request(method, path, body, more)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()

    def open_form(self, path):
        """Fetch the page; return what a POST to it needs, with the moment the site has signed."""
        _, headers, page = self.request("GET", path)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        return headers["Set-Cookie"].partition(";")[0], dict(hidden)

    def submit(self, path, form, **fields):
        cookie, data = form
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, urlencode(data | fields, doseq=True), headers)
