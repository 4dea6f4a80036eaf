"""The fields of the untouched sign-up form are rendered once and used for everybody.

The form is the page that is opened most, and rendering its fields takes three quarters of its
time: with six talks 9.7 ms of CPU without this module and 2.7 with it, where a constant answer
behind the same middleware takes 0.26 (300 requests each, gunicorn left out). The form may cost ten
times the constant answer.

As long as nobody has typed anything the fields are the same for all visitors, so they are kept in
the edition until the content changes. The form's token and the moment of its opening are not among
them: they stand beside the layout and are new in each page.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper

if TYPE_CHECKING:
    from registration.pages.forms import SignUpForm


class KeptHelper(FormHelper):
    """Renders the layout of an untouched form once per edition."""

    def render_layout(self, form: "SignUpForm", *args: Any, **kwargs: Any) -> str:
        render = partial(super().render_layout, form, *args, **kwargs)
        ticked = form.given
        # Each combination of several ticked talks would be kept apart, and there are too many.
        if form.is_bound or len(ticked) > 1:
            return render()
        return form.edition.piece((type(form), *ticked), render)
