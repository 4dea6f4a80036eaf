"""Where mail goes."""

import email
import re
import smtplib
import stat
from concurrent.futures import ThreadPoolExecutor
from email.policy import default
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers

from registration.mail.smtp import SMTP_TIMEOUT, FileBackend, PatientSMTP, mailer, sender


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://mail.stadt.de", {"host": "mail.stadt.de", "port": 25}),
        ("smtp://mail.stadt.de:2525", {"host": "mail.stadt.de", "port": 2525}),
        ("smtp://mail.stadt.de/", {"host": "mail.stadt.de", "port": 25}),
        (
            "smtp+starttls://mail.stadt.de",
            {"host": "mail.stadt.de", "port": 587, "use_tls": True},
        ),
        ("smtps://mail.stadt.de", {"host": "mail.stadt.de", "port": 465, "use_ssl": True}),
        ("SMTPS://MAIL.stadt.de", {"host": "mail.stadt.de", "port": 465, "use_ssl": True}),
        (
            "smtp+starttls://web%40talks:p%C3%A4ss%2Fwort%3A%25%40x@mail.stadt.de:26",
            {
                "host": "mail.stadt.de",
                "port": 26,
                "username": "web@talks",
                "password": "päss/wort:%@x",
                "use_tls": True,
            },
        ),
        (
            "smtp://nutzer@mail.stadt.de",
            {"host": "mail.stadt.de", "port": 25, "username": "nutzer", "password": ""},
        ),
        (
            "smtps://[2001:db8::25]:4465",
            {"host": "2001:db8::25", "port": 4465, "use_ssl": True},
        ),
        ("smtp://127.0.0.1:1025", {"host": "127.0.0.1", "port": 1025}),
    ],
)
def test_mailer_understands_smtp_url(tmp_path, url, options):
    assert mailer(url, tmp_path) == {
        "BACKEND": "registration.mail.smtp.SmtpBackend",
        "OPTIONS": {"timeout": SMTP_TIMEOUT} | options,
    }


@pytest.mark.parametrize(
    "url",
    [
        "mail.stadt.de",
        "mail.stadt.de:25",
        "http://mail.stadt.de",
        "smtp+tls://mail.stadt.de",
        "starttls://mail.stadt.de",
        "smtp://",
        "smtp:///pfad",
        "smtp://:25",
        "smtp:mail.stadt.de",
        "smtp://mail.stadt.de:port",
        "smtp://mail.stadt.de:99999",
        "smtp://mail.stadt.de:-1",
        "smtp://[2001:db8::25",
        "smtp://nutzer:pass/wort@mail.stadt.de",
        "smtp://nutzer:pass#wort@mail.stadt.de",
        " ",
    ],
)
def test_mailer_refuses_nonsense_with_a_clear_message_that_shows_no_password(tmp_path, url):
    with pytest.raises(ImproperlyConfigured) as caught:
        mailer(url, tmp_path)

    assert str(caught.value) == (
        "SMTP_URL muss mit smtp://, smtp+starttls:// oder smtps:// beginnen "
        "und einen Server nennen."
    )
    # Nor does what Python prints of the errors before it.
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [("smtp", smtplib.SMTP), ("smtp+starttls", smtplib.SMTP), ("smtps", smtplib.SMTP_SSL)],
)
def test_conversation_is_encrypted_from_the_start_where_asked(tmp_path, settings, scheme, kind):
    settings.MAILERS = {"default": mailer(f"{scheme}://mail.stadt.de", tmp_path)}

    assert issubclass(mailers.default.connection_class, kind)
    assert issubclass(mailers.default.connection_class, PatientSMTP)


def test_without_smtp_url_mails_become_files(tmp_path):
    assert mailer("", tmp_path) == {
        "BACKEND": "registration.mail.smtp.FileBackend",
        "OPTIONS": {"directory": tmp_path},
    }


def make_message(**fields) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject='Wärme & "Licht"',
        body="Guten Tag,\n\n.ein Punkt & Größe 😀\nFrom hier\n",
        from_email="Web-Talks <orga@vhw.example>",
        to=["Änne Groß <kim@stadt.example>"],
        **fields,
    )
    message.attach_alternative("<p>Größe &amp; 😀</p>", "text/html")
    message.attach("talk.ics", b"BEGIN:VCALENDAR\r\n", "application/ics")
    return message


def test_file_backend_writes_one_eml_that_mail_programs_open(tmp_path, clock):
    directory = tmp_path / "neu" / "mail"
    headers = {"Message-ID": "<0b9f-77@talks.example>"}

    sent = FileBackend(alias="default", directory=directory).send_messages(
        [make_message(headers=headers)]
    )

    (path,) = directory.iterdir()
    assert (sent, path.name) == (1, "20251105-090000-0b9f-77.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert message.defects == []
    assert (message["Subject"], message["To"], message["Message-ID"]) == (
        'Wärme & "Licht"',
        "Änne Groß <kim@stadt.example>",
        "<0b9f-77@talks.example>",
    )
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/ics",
    ]
    assert message.get_body(["plain"]).get_content() == (
        "Guten Tag,\n\n.ein Punkt & Größe 😀\nFrom hier\n"
    )
    assert message.get_body(["html"]).get_content().strip() == "<p>Größe &amp; 😀</p>"


def test_file_backend_writes_a_file_for_each_mail(tmp_path):
    sent = FileBackend(alias="default", directory=tmp_path).send_messages(
        [make_message(), make_message()]
    )

    names = sorted(path.name for path in tmp_path.iterdir())
    assert (sent, len(names)) == (2, 2)
    assert [name for name in names if not re.fullmatch(r"\d{8}-\d{6}-[\w.-]+\.eml", name)] == []


def test_file_backend_writes_nowhere_else(tmp_path):
    headers = {"Message-ID": "<../../boese/x@talks.example>"}
    FileBackend(alias="default", directory=tmp_path / "mail").send_messages(
        [make_message(headers=headers)]
    )

    assert [path.parent for path in Path(tmp_path).rglob("*.eml")] == [tmp_path / "mail"]


def test_configured_mailer_is_used(tmp_path, settings):
    settings.MAILERS = {"default": mailer("", tmp_path)}

    make_message().send()
    mailers.default.send_messages([make_message()])

    assert len(list(tmp_path.glob("*.eml"))) == 2


@pytest.mark.parametrize(
    "value", ["web@stadt.de", "Größenau <web@stadt.de>", '"Kleinstadt, Web-Talks" <web@stadt.de>']
)
def test_sender_is_one_address(value):
    assert sender(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Kleinstadt",
        "Kleinstadt, Web-Talks <web@stadt.de>",
        "Kleinstadt <web@stadt.de",
        "a@stadt.de, b@stadt.de",
        "wärme@stadt.de",
    ],
)
def test_sender_that_cannot_be_written_is_refused_at_the_start(value):
    with pytest.raises(ImproperlyConfigured, match="MAIL_FROM ist keine Absenderangabe"):
        sender(value)


def test_mail_files_are_for_the_owner_alone(tmp_path):
    backend = FileBackend(directory=tmp_path, alias="default")
    backend.send_messages([EmailMessage("Betreff", "Text", to=["kim@stadt.example"])])

    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_mail_file_is_whole_as_soon_as_it_is_there(tmp_path):
    backend = FileBackend(directory=tmp_path, alias="default")
    mails = [make_message() for _ in range(100)]
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(backend.send_messages, mails)
        seen = set()
        while not sending.done():
            seen |= {path.read_bytes() for path in tmp_path.glob("*.eml")}

    assert seen
    assert {content[-3:] for content in seen} == {b"--\n"}


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("Größenau <web@Straße.de>", "Größenau <web@xn--strae-oqa.de>"),
        ("web@STADT.de", "web@stadt.de"),
        ("Web-Talks <web\u200b@stadt.de>", "Web-Talks <web@stadt.de>"),
        ("webtalks@localhost", "webtalks@localhost"),
    ],
)
def test_sender_is_canonical(value, canonical):
    assert sender(value) == canonical
