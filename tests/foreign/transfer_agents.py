"""Two real mail servers that take the site's mails and send back what they cannot deliver.

Each knows the same domains: `refusing.example` takes nothing, `nobody.example` takes it and sends
it back, `full.example` puts off and says so, `away.example` answers with a holiday note, and
`taking.example` takes all. What goes to `stadt.example` lies in the bounce mailbox.
"""

import contextlib
import subprocess
from pathlib import Path

from tests.foreign.debian import NOBODY, inside, place, running
from tests.server import free_port

EXIM = """
primary_hostname = mx.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
spool_directory = {directory}/spool
log_file_path = {directory}/%slog
pid_file_path = {directory}/pid
tls_advertise_hosts =
acl_smtp_rcpt = recipients
delay_warning = 1s:1d
# Ours are auto-generated, and exim keeps quiet about those unless it is told not to.
delay_warning_condition = yes
keep_environment =

begin acl
recipients:
  deny
    domains = refusing.example
    message = 5.1.1 no such user
  accept

begin routers
nobody:
  driver = redirect
  domains = nobody.example
  allow_fail
  data = :fail: 550 5.1.1 no such user
full:
  driver = redirect
  domains = full.example
  allow_defer
  data = :defer: 452 4.2.2 mailbox full
away:
  driver = accept
  domains = away.example
  transport = holiday_note
mailbox:
  driver = accept
  domains = stadt.example
  transport = maildir
rest:
  driver = redirect
  data = :blackhole:

begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {mail}
  create_directory = false
  return_path_add
  user = nobody
  group = nogroup
holiday_note:
  driver = autoreply
  from = $local_part@$domain
  to = $return_path
  subject = Abwesend
  text = Ich bin im Urlaub.
  user = nobody
  group = nogroup

begin retry
* * F,1h,10m
"""
POSTFIX = """
compatibility_level = 3.6
myhostname = mx.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = {directory}/spool
data_directory = {directory}/data
maillog_file = {directory}/maillog
maillog_file_prefixes = {directory}
mynetworks = 127.0.0.0/8
alias_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
smtputf8_enable = no
transport_maps = texthash:{directory}/etc/postfix/transport
virtual_mailbox_domains = stadt.example
virtual_mailbox_base = {directory}
virtual_mailbox_maps = static:mail/
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
virtual_mailbox_limit = 0
delay_warning_time = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""
TRANSPORT = """
refusing.example error:5.1.1 no such user
nobody.example nobody:
full.example full:
away.example holiday:
taking.example discard:
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
postlog   unix-dgram n - n - 1 postlogd
pickup    unix n - n 1 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
virtual   unix - n n - - virtual
local     unix - n n - - local
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
nobody    unix - n n - - pipe user=nobody argv=/usr/bin/env sh -c {{exit 67}}
full      unix - n n - - pipe user=nobody argv=/usr/bin/env sh -c {{exit 75}}
holiday   unix - n n - - pipe user=nobody argv={directory}/holiday ${{recipient}}
"""
# What a mailbox of somebody who is away does (RFC 3834), where postfix itself has nothing.
HOLIDAY = """#!/bin/sh
id=$(sed -n 's/^Message-ID: *//Ip' | head -n 1)
cat > {mail}/new/holiday.$$ <<END
From: $1
Subject: Abwesend
Auto-Submitted: auto-replied
In-Reply-To: $id

Ich bin im Urlaub.
END
"""


class TransferAgent:
    """A running server: where it takes mails, and how it is told to go through its queue."""

    def __init__(self, name: str, directory: Path, mail: Path):
        self.name, self.directory, self.mail, self.port = name, directory, mail, free_port()

    def write(self, path: str, text: str) -> Path:
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(**vars(self), nobody=NOBODY).lstrip())
        return file

    def run(self, *command: str) -> str:
        """Run a program of the server, and return what it says."""
        done = subprocess.run(
            inside(self.name, self.directory, *command), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextlib.contextmanager
def exim(mail: Path, configuration=EXIM, prepare=lambda agent: None):
    """Run exim, which delivers bounces into the maildir `mail`."""
    with place() as directory:
        agent = TransferAgent("exim", directory, mail)
        agent.write("etc/exim4/exim4.conf", configuration)
        prepare(agent)
        (directory / "spool").mkdir()
        agent.run("/bin/chown", "Debian-exim", str(directory), str(directory / "spool"))
        with running("exim", directory, agent.port, "/usr/sbin/exim4", "-bdf", "-q2s"):
            yield agent


@contextlib.contextmanager
def postfix(mail: Path, configuration=POSTFIX, prepare=lambda agent: None):
    """Run postfix, which delivers bounces into the maildir `mail`."""
    with place() as directory:
        agent = TransferAgent("postfix", directory, mail)
        for name, text in {
            "main.cf": configuration,
            "master.cf": MASTER,
            "transport": TRANSPORT,
        }.items():
            agent.write(f"etc/postfix/{name}", text)
        agent.write("holiday", HOLIDAY).chmod(0o755)
        (directory / "mail").symlink_to(mail)
        make_queue(agent)
        prepare(agent)
        with running("postfix", directory, agent.port, "/usr/lib/postfix/sbin/master", "-d"):
            yield agent


def make_queue(agent: TransferAgent) -> None:
    """Make the directories that postfix' set-up makes (postfix-files)."""
    spool = agent.directory / "spool"
    names = "active bounce corrupt defer deferred flush hold incoming private saved trace"
    for name in [*names.split(), "maildrop", "public", "pid"]:
        (spool / name).mkdir(parents=True)
    (agent.directory / "data").mkdir()
    owned = [str(spool / name) for name in [*names.split(), "maildrop", "public"]]
    agent.run("/bin/chown", "-R", "postfix", *owned, str(agent.directory / "data"))
    shared = [str(spool / name) for name in ("maildrop", "public")]
    agent.run("/bin/chgrp", "postdrop", *shared)
    agent.run("/bin/chmod", "1730", shared[0])
    agent.run("/bin/chmod", "0710", shared[1])
