"""Debian's mail servers as they are, without being installed: their files are laid over /usr.

Their packages exclude each other, and none may change this machine. So they are unpacked into a
directory and started in a mount namespace of their own, which only root may make.
"""

import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.foreign.tools import TOOLS, program

# What each server consists of, beside what nearly every Debian has.
PACKAGES = {
    "dovecot": ["dovecot-core", "dovecot-imapd"],
    "exim": ["exim4-daemon-light", "exim4-base", "libidn12", "libnsl2"],
    "postfix": ["postfix", "libnsl2"],
}
# They insist on users of their own.
USERS = """
root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
dovecot:x:901:901::/nonexistent:/usr/sbin/nologin
dovenull:x:902:902::/nonexistent:/usr/sbin/nologin
Debian-exim:x:903:903::/nonexistent:/usr/sbin/nologin
postfix:x:904:904::/nonexistent:/usr/sbin/nologin
webtalks:x:906:906::/var/lib/webtalks:/usr/sbin/nologin
"""
GROUPS = """
root:x:0:
nogroup:x:65534:
mail:x:8:
dovecot:x:901:
dovenull:x:902:
Debian-exim:x:903:
postfix:x:904:
postdrop:x:905:
webtalks:x:906:
"""
# Who owns the mailboxes, and who runs the site's commands.
NOBODY, WEBTALKS = 65534, 906
# What a test may lay over the machine's own, by a directory of the same name in the server's.
LAID_OVER = ("usr", "etc", "opt", "root", "var/lib")


def unpacked(server: str) -> Path:
    """Return where the packages of the server are unpacked; fetch them if they are not there."""
    place = TOOLS / "debian" / server
    if not place.exists():
        fetch = program("apt-get", "apt")
        with tempfile.TemporaryDirectory() as directory:
            command = [fetch, "download", "-o", "APT::Sandbox::User=root", *PACKAGES[server]]
            subprocess.run(command, cwd=directory, check=True, capture_output=True)
            for package in Path(directory).glob("*.deb"):
                unpack = [program("dpkg", "dpkg"), "-x", package, f"{directory}/root"]
                subprocess.run(unpack, check=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(f"{directory}/root", place, symlinks=True)
    return place


def inside(server: str, directory: Path, *command: str) -> list[str]:
    """Return the command that runs this one where the server's files lie in /usr and /etc.

    So do those that lie in directories of these names in `directory`.
    """
    if os.geteuid():
        pytest.fail("Only root can start the mail servers.")
    (directory / "etc").mkdir(exist_ok=True)
    for name, lines in {"passwd": USERS, "group": GROUPS}.items():
        (directory / "etc" / name).write_text(lines.lstrip())
    script = "\n".join(
        f"mount -t overlay none -o lowerdir={':'.join(map(str, layers))}:/{name} /{name}"
        for name in LAID_OVER
        if (
            layers := [
                each for each in (directory / name, unpacked(server) / name) if each.exists()
            ]
        )
    )
    script += f"\nexec {shlex.join(command)}"
    return [program("unshare", "util-linux"), "--mount", "/bin/sh", "-ec", script]


@contextlib.contextmanager
def running(server: str, directory: Path, port: int, *command: str):
    """Run the server in the foreground until the end of the block."""
    log = (directory / "output").open("w")
    process = subprocess.Popen(
        inside(server, directory, *command),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_for(lambda: answers(port) or process.poll() is not None, seconds=20)
        assert process.poll() is None, (directory / "output").read_text()
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        process.wait(20)
        log.close()


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def wait_for(condition, seconds=30):
    """Wait until the condition holds; fail if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@contextlib.contextmanager
def place():
    """Make a directory that the servers' users may enter, and remove it at the end."""
    directory = Path(tempfile.mkdtemp(prefix="mail-", dir="/tmp"))  # noqa: S108
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
