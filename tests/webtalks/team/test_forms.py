"""What the forms about accounts refuse."""

import pytest

from tests.webtalks.team.people import make_colleague
from webtalks.team.forms import AccountAddressForm, InvitationForm, MemberForm

pytestmark = pytest.mark.django_db

# Longer than a name to log in with may be, which the address is.
LONG = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example"
TOO_LONG = {"email": ["Bitte nehmen Sie eine Adresse mit höchstens 150 Zeichen."]}
PERSON = {"first_name": "Bo", "last_name": "Au", "email": LONG, "roles": ["Lesend"]}


def test_address_too_long_to_log_in_with_is_refused():
    colleague = make_colleague()

    assert InvitationForm(PERSON).errors == TOO_LONG
    assert MemberForm(PERSON, account=colleague, is_own=False).errors == TOO_LONG
    assert AccountAddressForm({"email": LONG}, account=colleague).errors == TOO_LONG


def test_long_address_that_an_account_has_already_stays():
    colleague = make_colleague(email=LONG)

    assert MemberForm(PERSON, account=colleague, is_own=False).is_valid()
