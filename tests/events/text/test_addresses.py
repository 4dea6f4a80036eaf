import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from hypothesis import given
from hypothesis import strategies as st

from events.text.addresses import canonical_email, canonical_if_sendable
from tests.events.text.address_table import BAD_ADDRESSES, EMAIL, EXPLAINED, GOOD_ADDRESSES


def message(typed) -> str:
    """Return what the form says of it; empty if it is taken."""
    try:
        canonical_email(typed)
    except ValidationError as error:
        return " / ".join(error.messages)
    return ""


@pytest.mark.parametrize(("typed", "canonical"), GOOD_ADDRESSES.items())
def test_canonical_email_accepts(typed, canonical):
    assert canonical_email(typed) == canonical


@pytest.mark.parametrize("typed", BAD_ADDRESSES)
def test_canonical_email_refuses(typed):
    assert message(typed) == EMAIL


def test_what_the_page_shows_is_where_the_mail_goes(smtp_server):
    """Each address as Django and smtplib really hand it over in RCPT TO."""
    shown = [canonical_email(typed) for typed in GOOD_ADDRESSES]
    mails = [EmailMessage("Betreff", "Text", "webtalks@stadt.de", [to]) for to in shown]

    mailers.default.send_messages(mails)

    assert [envelope.rcpt_tos for envelope in smtp_server.messages] == [[to] for to in shown]


@given(st.text(max_size=40), st.text(max_size=40))
def test_canonical_email_is_stable(local_part, domain):
    try:
        once = canonical_email(f"{local_part}@{domain}.de")
    except ValidationError:
        return

    assert canonical_email(once) == once
    assert once.isascii()
    assert once.isprintable()


@given(st.emails())
def test_ordinary_addresses_are_accepted_or_refused_cleanly(address):
    try:
        canonical = canonical_email(address)
    except ValidationError:
        return

    assert canonical.lower() == address.lower()


@pytest.mark.parametrize(("typed", "words"), EXPLAINED.items())
def test_message_names_the_cause(typed, words):
    begins, holds = words

    assert message(typed).startswith(begins)
    assert holds in message(typed)


@pytest.mark.parametrize("typed", [*GOOD_ADDRESSES, *BAD_ADDRESSES])
def test_what_is_read_is_canonical_where_it_can_be(typed):
    read = canonical_if_sendable(typed)

    assert read == GOOD_ADDRESSES.get(typed, read)
    assert canonical_if_sendable(read) == read
