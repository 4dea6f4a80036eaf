"""What the forms about accounts refuse."""

import pytest

from tests.webtalks.team.people import make_colleague, make_lead
from webtalks.team import members
from webtalks.team.forms import AccountAddressForm, InvitationForm, MemberForm, says_in_use

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


@pytest.mark.parametrize(
    "act",
    [
        lambda lead, other, email: members.invite("Bo", "Au", email, ["Lesend"]),
        lambda lead, other, email: members.change(other, lead, "Bo", "Au", email, ["Lesend"]),
        lambda lead, other, email: members.change_address(other, email),
    ],
)
def test_of_two_forms_with_one_address_the_second_is_told(act):
    lead, other = make_lead(), make_colleague()
    former = other.email
    form = InvitationForm(PERSON | {"email": "bo@stadt.example"})
    assert form.is_valid()
    members.invite("Bo", "Au", "Bo@stadt.example", ["Lesend"])

    with says_in_use(form):
        act(lead, other, "bo@stadt.example")

    assert form.errors == {"email": ["Diese Adresse gehört schon zu einem anderen Konto."]}
    other.refresh_from_db()
    assert other.email == former
