"""How speakers are called."""

import pytest

from events.models import Speaker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Sina Massow", "SM"),
        ("Änne von der Öhe", "ÄÖ"),
        ("Kim", "K"),
        ("  jo   ße  ", "JSS"),
        ("王小明", "王"),
        ("", ""),
    ],
)
def test_initials_are_of_the_first_and_the_last_name(name, initials):
    assert Speaker(name=name).initials == initials


@pytest.mark.parametrize(
    ("form", "text"), [("Referentin", "Referentin"), ("Referent", "Referent"), ("", "")]
)
def test_speaker_is_called_as_they_call_themselves(form, text):
    assert Speaker(name="Kim", form=form).get_form_display() == text
