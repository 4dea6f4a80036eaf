"""What the check says of a domain, asked of a name server and a mail server on loopback."""

import io
import socket
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.core.management import CommandError, call_command

from registration.mail import smtp
from registration.mail.domain.findings import NO_ANSWER, Grade, look
from registration.mail.domain.names import Names
from tests.registration.mail.domain.name_server import name_server

WELL_KEPT = {
    ("town.example", "TXT"): ['"v=spf1 a:localhost -all"'],
    ("_dmarc.town.example", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@town.example"'],
    ("town.example", "MX"): ["10 mail.town.example."],
    ("mail.town.example", "A"): ["192.0.2.25"],
    ("localhost", "A"): ["127.0.0.1"],
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return the paths of key and certificate of a server called localhost."""
    folder = tmp_path_factory.mktemp("certificate")
    key, paper = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", paper], check=True, capture_output=True)
    return key, paper


@pytest.fixture
def server(certificate, settings, tmp_path):
    """Let a mail server on loopback offer STARTTLS, and the site send through it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate[1], certificate[0])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=context)
    controller.start()
    settings.MAILERS = {"default": smtp.mailer(f"smtp+starttls://localhost:{port}", tmp_path)}
    settings.DEFAULT_FROM_EMAIL = "Die Reihe <talks@town.example>"
    yield controller
    controller.stop()


def found(zone, silent=()):
    with name_server(zone, silent) as place:
        return {one.subject: one for one in look(Names(place))}


def without(name):
    return {key: value for key, value in WELL_KEPT.items() if key[0] != name}


def test_well_kept_domain(server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))

    findings = found(WELL_KEPT)

    assert {subject: one.state for subject, one in findings.items()} == {
        "SPF": Grade.FINE,
        "DMARC": Grade.FINE,
        "MX": Grade.FINE,
        "Mailserver": Grade.FINE,
        "DKIM": Grade.UNKNOWN,
    }


def test_certificate_that_nobody_vouches_for(server):
    finding = found(WELL_KEPT)["Mailserver"]

    assert (finding.state, finding.text.partition(":")[0]) == (
        Grade.WRONG,
        "Das Zertifikat von localhost gilt nicht",
    )


def test_server_that_is_away(settings, tmp_path):
    settings.MAILERS = {"default": smtp.mailer("smtps://localhost:1", tmp_path)}
    settings.DEFAULT_FROM_EMAIL = "talks@town.example"

    finding = found(WELL_KEPT)["Mailserver"]

    assert (finding.state, finding.text) == (
        Grade.UNKNOWN,
        "localhost ist von hier nicht zu erreichen.",
    )


@pytest.mark.parametrize(
    ("subject", "zone", "state", "part", "record"),
    [
        ("SPF", without("town.example"), Grade.WRONG, "hat keinen SPF-Eintrag",
         'town.example  TXT  "v=spf1 a:localhost ~all"'),
        ("SPF", WELL_KEPT | {("town.example", "TXT"): ['"v=spf1 +all"']}, Grade.WRONG,
         "erlaubt allen", 'town.example  TXT  "v=spf1 a:localhost ~all"'),
        ("SPF", WELL_KEPT | {("town.example", "TXT"): ['"v=spf1 ip4:x -all"']}, Grade.WRONG,
         "„x“ ist kein Netz", ""),
        ("SPF", WELL_KEPT | {("town.example", "TXT"): ['"v=spf1 ip4:192.0.2.9 -all"']},
         Grade.UNKNOWN, "nennt localhost nicht", "v=spf1 ip4:192.0.2.9 -all"),
        ("DMARC", without("_dmarc.town.example"), Grade.WRONG, "hat keinen DMARC-Eintrag",
         '_dmarc.town.example  TXT  "v=DMARC1; p=none; rua=mailto:dmarc@town.example"'),
        ("DMARC", WELL_KEPT | {("_dmarc.town.example", "TXT"): ['"v=DMARC1; p=none"']},
         Grade.FINE, "Es kommen aber keine Berichte", ""),
        ("DMARC", WELL_KEPT | {("_dmarc.town.example", "TXT"): ['"v=DMARC1; rua=mailto:d@x.y"']},
         Grade.WRONG, "sagt nicht, was zu tun ist",
         '_dmarc.town.example  TXT  "v=DMARC1; p=none; rua=mailto:dmarc@town.example"'),
        ("MX", WELL_KEPT | {("town.example", "MX"): ["0 ."]}, Grade.WRONG, "keine Mails an", ""),
        ("MX", without("mail.town.example"), Grade.WRONG, "kommen nirgends an",
         "town.example  MX  10 mail.town.example"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_record(server, subject, zone, state, part, record):
    finding = found(zone)[subject]

    assert (finding.state, part in finding.text, finding.record) == (state, True, record)


def test_domain_has_the_dmarc_record_of_the_one_above_it(server, settings):
    settings.DEFAULT_FROM_EMAIL = "talks@web.town.example"
    zone = WELL_KEPT | {
        ("_dmarc.town.example", "TXT"): ['"v=DMARC1; p=reject; sp=quarantine"'],
    }

    finding = found(zone)["DMARC"]

    assert finding.text == "town.example schützt sich vor fremden Absendern (p=quarantine)."


def test_silent_name_server_says_nothing_wrong(server):
    findings = found(WELL_KEPT, silent=["town.example", "_dmarc.town.example"])

    assert [(findings[name].state, findings[name].text) for name in ("SPF", "DMARC", "MX")] == [
        (Grade.UNKNOWN, NO_ANSWER)
    ] * 3


def test_command_says_it_in_words_and_fails(server):
    out = io.StringIO()
    with (
        name_server(without("_dmarc.town.example")) as (host, port),
        pytest.raises(CommandError, match=r"2 von 5 Punkten sind zu ändern\."),
    ):
        call_command("check_mail", nameserver=f"{host}:{port}", stdout=out)

    assert "DMARC: zu ändern\n  town.example hat keinen DMARC-Eintrag." in out.getvalue()
    assert '  Eintrag: _dmarc.town.example  TXT  "v=DMARC1; p=none;' in out.getvalue()


@pytest.mark.parametrize("typed", ["kein Server", "127.0.0.1:dns", "127.0.0.1:99999999"])
def test_command_refuses_what_is_no_name_server(server, typed):
    with pytest.raises(CommandError, match="Der Nameserver lässt sich nicht fragen"):
        call_command("check_mail", nameserver=typed, stdout=io.StringIO())


@pytest.mark.parametrize(
    ("envelope", "subjects", "counts"),
    [
        ("rueck@town.example", {"SPF", "DMARC", "MX"}, True),
        ("rueck@mail.town.example", {"SPF", "DMARC", "MX", "MX für Rückläufer"}, True),
        ("rueck@provider.example", {"SPF", "DMARC", "MX", "MX für Rückläufer"}, False),
    ],
)
def test_spf_and_mx_are_those_of_the_envelope(server, settings, envelope, subjects, counts):
    settings.BOUNCE_ADDRESS = envelope
    domain = envelope.partition("@")[2]
    zone = WELL_KEPT | {
        (domain, "TXT"): ['"v=spf1 a:localhost -all"'],
        (domain, "MX"): ["10 mail.town.example."],
    }

    findings = found(zone)

    assert set(findings) - {"Mailserver", "DKIM"} == subjects
    assert findings["SPF"].text == f"localhost darf für {domain} senden."
    assert {findings[name].state for name in subjects} == {Grade.FINE}
    words = f"Rückläufer gehen an {domain}: SPF zählt deshalb für town.example nicht"
    assert (words in findings["DMARC"].text) is not counts


def test_domain_that_wants_the_same_domain_counts_no_other(server, settings):
    settings.BOUNCE_ADDRESS = "rueck@mail.town.example"
    record = '"v=DMARC1; p=reject; aspf=s"'

    finding = found(WELL_KEPT | {("_dmarc.town.example", "TXT"): [record]})["DMARC"]

    assert finding.text.endswith("nur die Unterschrift (DKIM).")
