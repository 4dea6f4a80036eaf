"""Reports as servers write them, replies, letters, and whatever a stranger may send."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.mail.bounces.report import LOOKED_AT, Report, read
from tests.registration.mail.bounces.samples import OURS, REPORTS, changed, sample


def without_part(name: str, kind: str) -> bytes:
    """Return the sample with another type for the parts of this one."""
    return changed(name, f"(?i)content-type: {kind}", "Content-Type: application/octet-stream")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("postfix", "5.1.1"),
        ("postfix_delayed", ""),
        ("postfix_given_up", "4.4.7"),
        # It says more in the server's answer than in the status.
        ("exim", "5.2.2"),
        ("exim_old", "5.1.1"),
        ("m365", "5.1.10"),
        ("gmail", "5.1.1"),
        # Without a status.
        ("gmx", "5.7.1"),
        ("holiday", ""),
    ],
)
def test_mail_of_a_server_says_which_mail_and_what_became_of_it(name, status):
    assert read(sample(name)) == Report((OURS,), status)
    # Some deliver with plain line ends.
    assert read(sample(name).replace(b"\r\n", b"\n")) == Report((OURS,), status)


def test_letter_of_a_person_is_none_whatever_it_quotes_and_attaches():
    assert read(sample("letter")) is None


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "delivered", "Delayed (x)"])
def test_whatever_may_have_arrived_tells_no_failure(action):
    raw = changed("postfix", "Action: failed", f"Action: {action}")

    assert read(raw) == Report((OURS,))


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        ("5.1.1", "550 no such user", "5.1.1"),
        ("5.1.1 (bad mailbox)", "", "5.1.1"),
        ("", "550 no such user", "5.0.0"),
        ("", "", "5.0.0"),
        ("Unsinn", "550-5.2.1 account disabled", "5.2.1"),
        ("5.0.0", "#550 5.4.310 DNS domain does not exist", "5.4.310"),
        ("4.0.0", "400 4.4.7 expired", "4.0.0"),
        # Numbers of a network are no status.
        ("", "550 192.5.1.1 is not welcome", "5.0.0"),
        ("2.0.0", "250 2.0.0 ok", "5.0.0"),
        ("5.1.9999", "", "5.0.0"),
    ],
)
def test_status_is_the_best_that_is_said(status, answer, expected):
    raw = changed(
        "gmx", "Diagnostic-Code: .*", f"Status: {status}\r\nDiagnostic-Code: smtp; {answer}"
    )

    assert read(raw) == Report((OURS,), expected)


def test_without_an_action_the_class_of_the_status_says_it():
    final = changed("postfix", "Action: failed\r\n", "")
    passing = final.replace(b"Status: 5.1.1", b"Status: 4.2.2")

    assert (read(final), read(passing)) == (Report((OURS,), "5.1.1"), Report((OURS,)))


def test_one_of_several_recipients_that_was_reached_makes_it_no_failure():
    second = "Final-Recipient: rfc822; b@stadt.example\r\nAction: {}\r\nStatus: {}\r\n\r\n"
    place = "\r\n\r\nFinal-Recipient"

    def with_second(*values):
        return changed("postfix", place, f"\r\n\r\n{second.format(*values)}Final-Recipient")

    assert read(with_second("failed", "5.2.2")) == Report((OURS,), "5.2.2")
    assert read(with_second("delivered", "2.0.0")) == Report((OURS,))
    assert read(with_second("delayed", "4.4.1")) == Report((OURS,))


def test_report_without_its_parts_tells_what_is_left():
    assert read(without_part("postfix", "message/delivery-status")) == Report((OURS,))
    assert read(without_part("postfix", "message/rfc822")) is None
    # Its own headers make it an automatic reply at least.
    assert read(without_part("m365", "message/rfc822")) == Report((OURS,))


def test_own_headers_and_texts_of_a_report_name_no_mail():
    raw = sample("postfix").replace(OURS.encode(), b"<other@webtalks.example>")
    raw = raw.replace(b"<4ZK1xQ0Tq7z9@mail.verein.example>", OURS.encode())
    raw = raw.replace(b"This is the mail system", b"Message-ID: " + OURS.encode())

    assert read(raw) is None


def test_other_kinds_of_reports_are_not_ours():
    for kind in ("disposition-notification", "feedback-report"):
        raw = changed("postfix", "report-type=delivery-status", f"report-type={kind}")
        assert read(raw) is None


def test_report_of_a_report_is_about_the_report_alone():
    inner = sample("postfix")
    raw = sample("exim_old").partition(b"Return-path: <rueck@")[0] + inner

    assert read(raw) is None
    head, tail = sample("gmail").split(b"Content-Type: message/rfc822\r\n\r\n")
    # Its own References say whose reply it is, and nothing more.
    nested = head + b"Content-Type: message/rfc822\r\n\r\n" + inner + tail
    assert read(nested) == Report((OURS,))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Auto-Submitted: auto-generated", Report((OURS,))),
        ("Auto-Submitted: AUTO-REPLIED; owner=x", Report((OURS,))),
        ("Precedence: auto_reply", Report((OURS,))),
        ("Precedence: bulk\r\nX-Auto-Response-Suppress: All", Report((OURS,))),
        ("Precedence: bulk", None),
        ("X-Auto-Response-Suppress: All", None),
        ("Auto-Submitted: no\r\nPrecedence: auto_reply", None),
        ("X-Nichts: da", None),
    ],
)
def test_only_what_a_program_has_answered_is_an_automatic_reply(headers, expected):
    assert read(changed("holiday", "Auto-Submitted: .*", headers)) == expected


def test_note_that_answers_nothing_of_ours_is_none():
    assert read(sample("holiday").replace(OURS.encode(), b"<x@stadt.example>")) is None


def test_old_exim_without_the_copy_is_none():
    raw = changed("exim_old", "------ This is a copy", "------ Nothing")
    assert read(raw.replace(b"Auto-Submitted: auto-replied\r\n", b"")) is None
    # It needs the header too: anybody can write the line.
    assert read(changed("exim_old", "X-Failed-Recipients: ", "X-Other: ")) is None


def test_only_the_beginning_is_looked_at():
    text = b"This is the mail system"
    near, far = (text + b"\r\n" + b"x" * 76 * size for size in (1000, 3000))

    assert read(sample("postfix").replace(text, near)) == Report((OURS,), "5.1.1")
    assert len(far) > LOOKED_AT
    assert read(sample("postfix").replace(text, far)) is None
    assert read(sample("postfix") + b"x" * 50_000_000) == Report((OURS,), "5.1.1")


def test_many_parts_in_each_other_are_no_report():
    nested = b"Content-Type: multipart/report; boundary=b%d\r\n\r\n--b%d\r\n"
    assert read(b"".join(nested % (n, n) for n in range(3000))) is None
    assert read(b"Content-Type: message/rfc822\r\n\r\n" * 5000) is None


BROKEN = [
    b"",
    b"\0" * 100,
    b"\xff\xfe" + b"Content-Type: multipart/report",
    b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
    b"Content-Type: multipart/report; report-type*=x'y'%ff; boundary*=utf-9''z\r\n\r\n--z--",
    b"Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\n"
    b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n",
    b'Content-Type: text/plain; charset="gibt-es-nicht"\r\nX-Failed-Recipients: \xff\r\n\r\n\xff',
]


@pytest.mark.parametrize("raw", BROKEN)
def test_broken_mail_is_none(raw):
    assert read(raw) is None


def test_every_beginning_of_a_report_is_read():
    for name in ("postfix", "exim", "exim_old", "m365", "gmail", "gmx", "holiday"):
        raw = sample(name)
        found = {read(raw[:length]) for length in range(0, len(raw), 7)}
        assert found <= {None, Report((OURS,)), read(raw), Report((OURS,), "5.0.0")}


@st.composite
def mangled(draw) -> bytes:
    """Some sample with pieces of it, and of anything, in other places."""
    raw = sample(draw(st.sampled_from(sorted(path.stem for path in REPORTS.glob("*.eml")))))
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(raw)))
        end = draw(st.integers(begin, min(begin + 200, len(raw))))
        piece = draw(st.binary(max_size=40) | st.just(raw[begin:end] * 3))
        raw = raw[:begin] + piece + raw[end:]
    return raw


@given(st.binary() | mangled())
def test_nothing_raises_and_nothing_is_made_up(raw):
    found = read(raw)

    if found:
        assert 1 <= len(found.message_ids) <= 20
        assert all(number.encode() in raw for number in found.message_ids)
        assert re.fullmatch(r"([45]\.\d{1,3}\.\d{1,3})?", found.status)
