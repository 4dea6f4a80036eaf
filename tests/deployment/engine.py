"""A container engine for the tests alone: registry, daemon and images below one directory.

No image can be fetched from outside. What compose.yaml and the Dockerfile take from Docker's
registry is built here from Debian's packages and kept in a registry that stands in for it.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.foreign.tools import program
from tests.server import free_port

HERE = Path(__file__).parent
SUITE = "trixie"
# The client and its plugins come from the suite, as an older host has none of the three.
CLIENT = ("docker-cli", "docker-compose", "docker-buildx")
# Where a daemon may not raise limits, it gives those to containers that it may.
LIMITS = {"nofile": 20000, "nproc": 1000}
FORWARDS = Path("/proc/sys/net/ipv4/ip_forward")
# `iptables-save` says nothing of a table that nobody has used.
NO_RULES = b"*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n*nat\nCOMMIT\n"


class Engine:
    def __init__(self, directory: Path):
        self.directory = directory
        self.registry = f"127.0.0.1:{free_port()}"
        self.tools = directory / "tools"
        self.processes = {}
        # Nothing of the tests' own: what the shell sets, Compose prefers to .env.
        self.environment = {
            "HOME": str(directory),
            "DOCKER_HOST": f"unix://{directory}/socket",
            "DOCKER_CONFIG": str(directory / "client"),
            "PATH": f"{self.tools}/usr/bin:{os.environ['PATH']}:/usr/sbin:/sbin",
        }

    def __enter__(self):
        self.rules = {
            name: subprocess.check_output([program(f"{name}-save", "iptables")])
            for name in ("iptables", "ip6tables")
        }
        self.forwards = FORWARDS.read_text()
        try:
            self.start_registry()
            self.start()
            self.make_base()
            self.build("postgres:17", HERE / "postgres")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """Leave nothing: no process, image, network, or rule of the firewall."""
        for name in ("daemon", "registry"):
            if name in self.processes:
                self.stop(name)
        subprocess.run(["ip", "link", "delete", "docker0"], capture_output=True)
        for name, rules in self.rules.items():
            subprocess.run([f"{name}-restore"], input=NO_RULES + rules, check=True)
        FORWARDS.write_text(self.forwards)
        shutil.rmtree(self.directory)

    # The processes

    def begin(self, name: str, *command: str):
        with open(self.directory / f"{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=self.environment
            )

    def stop(self, name: str):
        """End the process in good order; the daemon stops its containers first."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(180)

    def start_registry(self):
        file = self.directory / "registry.json"
        storage = {"filesystem": {"rootdirectory": str(self.directory / "registry")}}
        file.write_text(
            json.dumps({"version": "0.1", "storage": storage, "http": {"addr": self.registry}})
        )
        self.begin("registry", program("docker-registry", "docker-registry"), "serve", str(file))

    def start(self):
        """Start the daemon, as at the start of the machine."""
        file = self.directory / "daemon.json"
        limits = {n: {"Name": n, "Hard": most, "Soft": most} for n, most in LIMITS.items()}
        file.write_text(
            json.dumps(
                {
                    "hosts": [self.environment["DOCKER_HOST"]],
                    "data-root": str(self.directory / "data"),
                    "exec-root": str(self.directory / "run"),
                    "pidfile": str(self.directory / "pid"),
                    "registry-mirrors": [f"http://{self.registry}"],
                    "default-ulimits": limits,
                    # Since version 27 by itself.
                    "experimental": True,
                    "ip6tables": True,
                }
            )
        )
        self.begin("daemon", program("dockerd", "docker.io"), "--config-file", str(file))
        wait_for(lambda: (self.directory / "socket").exists(), 60)

    # What can be pulled from the registry

    def make_base(self):
        """Put Debian's slim image into the registry, and take the client from the same suite."""
        root = self.directory / "base"
        run(program("debootstrap", "debootstrap"), "--variant=minbase", SUITE, root)
        (root / "etc/dpkg/dpkg.cfg.d/docker-apt-speedup").write_text("force-unsafe-io\n")
        run("chroot", root, "apt-get", "update")
        run("chroot", root, "sh", "-c", f"cd /tmp && apt-get download {' '.join(CLIENT)}")
        for package in (root / "tmp").glob("*.deb"):
            run("dpkg-deb", "--extract", package, self.tools)
            package.unlink()
        plugins = self.directory / "client" / "cli-plugins"
        plugins.mkdir(parents=True)
        for plugin in self.tools.glob("usr/**/cli-plugins/*"):
            (plugins / plugin.name).symlink_to(plugin)
        run("chroot", root, "sh", "-c", "rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin")
        tag = f"{self.registry}/library/debian:{SUITE}-slim"
        with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
            self.docker("import", "-", tag, stdin=tar.stdout)
        self.docker("push", tag)

    def build(self, name: str, directory: Path, *options: str):
        """Build the image and put it into the registry; here it is not known afterwards."""
        tag = f"{self.registry}/library/{name}"
        self.docker("build", "--tag", tag, *options, str(directory))
        self.docker("push", tag)
        self.docker("rmi", tag)

    def docker(self, *arguments: str, **options) -> str:
        return run("docker", *arguments, env=self.environment, **options)


def run(*command, **options) -> str:
    """Run the command; return what it says, and show all of it if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def wait_for(condition, seconds: float, every: float = 0.5):
    """Return what `condition` returns as soon as it is true; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{condition} does not become true"
        time.sleep(every)
    return found
