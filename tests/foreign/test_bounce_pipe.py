"""A real mail server that pipes bounces into `manage.py take_bounce`, as docs/betrieb.md says."""

import os
import re
import smtplib

import pytest

from tests.foreign.bounce_site import MAKE_MAILS
from tests.foreign.debian import WEBTALKS, place, wait_for
from tests.foreign.dovecot import letter, report
from tests.foreign.transfer_agents import EXIM, POSTFIX, exim, postfix
from tests.server import ROOT, Server, own_database

BOOK = (ROOT / "docs" / "betrieb.md").read_text()
BOX = "rueck@stadt.example"
# How each says that the command has answered with 75 (sysexits.h).
EX_TEMPFAIL = re.compile(r"returned 75|dsn=4\.3\.0, status=deferred \(temporary failure")
# Nobody listens there.
AWAY = "postgres://nobody@127.0.0.1:1/nothing"
OF_SITE = ["SECRET_KEY", "CERTIFICATE_KEY", "SITE_URL", "DATA_DIR", "STATIC_ROOT", "DATABASE_URL"]
BOUNCED = """
from registration.models import OutgoingMail
print(OutgoingMail.objects.filter(kind="signed_up").exclude(bounced_at=None).count())
"""
# Which settings of postfix are others on a machine that delivers to its own users.
LOCAL_POSTFIX = """
mydestination = stadt.example, mx.example
virtual_mailbox_domains =
alias_maps = hash:{directory}/etc/aliases
local_recipient_maps =
"""
# The routers and transports of Debian's exim that deal with aliases and .forward.
ROUTERS = """
begin routers
system_aliases:
  driver = redirect
  allow_fail
  allow_defer
  data = ${{lookup{{$local_part}}lsearch{{/etc/aliases}}}}
userforward:
  driver = redirect
  check_local_user
  file = $home/.forward
  require_files = $local_part_data:$home/.forward
  check_ancestor
  allow_filter
  pipe_transport = address_pipe

begin transports
address_pipe:
  driver = pipe
  return_fail_output

begin retry
* * F,1h,1s
"""


def said_by_book(beginning: str) -> str:
    """Return the block of code that follows these words."""
    found = re.search(rf"{re.escape(beginning)}.*?```\w*\n(.*?)\n *```", BOOK, re.S)
    return re.sub(r"^ {3}", "", found[1], flags=re.M) + "\n"


@pytest.fixture
def site():
    with place() as directory:
        site = Server(directory, own_database())
        site.set_up()
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, WEBTALKS, WEBTALKS)
        yield site


def prepare(agent, site) -> None:
    """Do what the book says, and let the site's user enter what this machine keeps for root."""

    def put(path, text, mode=0o644):
        file = agent.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    set_environment(agent, site)
    (alias,) = re.findall(r"In `/etc/aliases` steht `(.*?)`", BOOK)
    put("etc/aliases", f"{alias}\n")
    put(
        "usr/local/bin/webtalks-bounce", said_by_book("In `/usr/local/bin/webtalks-bounce`"), 0o755
    )
    put("var/lib/webtalks/.forward", said_by_book("in `/var/lib/webtalks/.forward`"))
    if "`chown webtalks: /var/lib/webtalks/.forward`" in BOOK:
        os.chown(agent.directory / "var/lib/webtalks/.forward", WEBTALKS, WEBTALKS)
    (agent.directory / "opt").mkdir()
    (agent.directory / "opt" / "webtalks").symlink_to(ROOT)
    (agent.directory / "root").mkdir()
    if agent.name == "postfix":
        agent.run("/usr/sbin/postalias", f"hash:{agent.directory}/etc/aliases")


def set_environment(agent, site, **more) -> None:
    values = {name: site.environment[name] for name in OF_SITE} | more
    lines = [f"{name}='{value}'\n" for name, value in values.items()]
    (agent.directory / "etc" / "webtalks.env").write_text("".join(lines))


def send(agent, mail: bytes) -> None:
    """Send it to the mailbox, as a mail server does that returns something (RFC 5321 §4.5.5)."""
    with smtplib.SMTP("127.0.0.1", agent.port) as server:
        server.sendmail("", [BOX], mail)


def waiting(agent) -> bool:
    """Whether the server has anything in its queue."""
    names = ("input",) if agent.name == "exim" else ("maildrop", "incoming", "active", "deferred")
    return any(
        file.is_file() for name in names for file in agent.directory.glob(f"spool/{name}/**/*")
    )


def log_of(agent) -> str:
    files = [agent.directory / name for name in ("maillog", "mainlog")]
    return "".join(file.read_text() for file in files if file.exists())


AGENTS = {
    "exim": (exim, EXIM[: EXIM.index("begin routers")] + ROUTERS.lstrip()),
    "postfix": (postfix, POSTFIX + LOCAL_POSTFIX.lstrip()),
}


@pytest.mark.parametrize("name", AGENTS)
def test_report_is_counted_and_waits_while_the_database_is_away(site, tmp_path, name):
    run, configuration = AGENTS[name]
    ids = site.shell(MAKE_MAILS.format(number=2))
    first, second = re.findall(r"<.*?>", ids)
    with run(tmp_path, configuration, lambda agent: prepare(agent, site)) as agent:
        send(agent, letter(1))
        send(agent, report(first))
        wait_for(lambda: site.shell(BOUNCED) == "1" and not waiting(agent), seconds=120)

        set_environment(agent, site, DATABASE_URL=AWAY)
        send(agent, report(second, number=2))
        wait_for(lambda: waiting(agent) and EX_TEMPFAIL.search(log_of(agent)), seconds=120)
        set_environment(agent, site)
        wait_for(lambda: site.shell(BOUNCED) == "2" and not waiting(agent), seconds=120)
