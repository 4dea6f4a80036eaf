"""The page that goes through all people whose town is not known, by what they call their office.

Ten people of one town hall are one choice. What is saved concerns only rows that still lack their
town; to put one right later, there is the person's own page.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from events.models import Municipality
from events.models.place_names import says_stadt
from events.text.fields import LineInput
from registration.desk.admin_page import DeskUrl, admin_page, posted, require_permission
from registration.models import Registration
from registration.models.addresses import MAX_NAME
from registration.privacy import history

CHANGE = "registration.change_registration"
PER_PAGE = 50
# More places of one name are not offered; whoever means another one types it.
MOST_PROPOSED = 12
NO_TOWN = "none"
LATER = ""
# The text that people gave, and the places that it may mean.
Proposals = dict[str, list[Municipality]]


class TownForm(forms.Form):
    """Asks which town is that of the people of one organisation."""

    organisation = LineInput(widget=forms.HiddenInput, max_length=MAX_NAME)
    town = forms.ChoiceField(label="Ort", required=False, widget=forms.RadioSelect)
    other = LineInput(
        label="Anderer Ort",
        required=False,
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    # How many registrations it is about.
    number = 0
    # What was chosen; None also means: there is none.
    chosen: Municipality | None = None

    def __init__(self, *args: Any, proposals: Proposals, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False  # every form is about somebody, whatever was sent says
        named = proposals.get(self["organisation"].value() or "", [])[:MOST_PROPOSED]
        self.typed = proposals.get(self["other"].value() or "", [])
        # A typed name that several places bear is offered to choose from.
        self.offered = {str(place.pk): place for place in [*named, *self.typed[:MOST_PROPOSED]]}
        self.fields["town"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            *((key, place.text_with_inhabitants) for key, place in self.offered.items()),
            (NO_TOWN, "kein Ort, oder nicht zu klären"),
            (LATER, "später entscheiden"),
        ]

    def clean(self) -> dict[str, Any]:
        """Find the place that was chosen or typed; what was typed counts more."""
        self.chosen = self.offered.get(self.cleaned_data.get("town", ""))
        if self.cleaned_data.get("other") and self.chosen not in self.typed:
            self.chosen = self.typed[0] if len(self.typed) == 1 else None
            if len(self.typed) > 1:
                self.add_error("other", "Mehrere Orte heißen so. Bitte wählen Sie oben einen aus.")
            elif not self.typed:
                self.add_error("other", "Diesen Ort kennt das Ortsverzeichnis nicht.")
        return self.cleaned_data

    @property
    def is_decided(self) -> bool:
        return self.chosen is not None or self.cleaned_data["town"] == NO_TOWN


TownFormSet = forms.formset_factory(
    TownForm, extra=0, max_num=PER_PAGE, absolute_max=PER_PAGE, validate_max=True
)


@sensitive_post_parameters()
def missing_towns(request: HttpRequest) -> HttpResponse:
    """Offer the towns that the words may mean, and save what was chosen of many at once."""
    require_permission(request, CHANGE)
    lacking = Registration.objects.lacking_town()
    page = Paginator(lacking.organisations(), PER_PAGE).get_page(request.GET.get("p"))
    sent = posted(request)
    formset = forms_sent(sent) if sent is not None else forms_for(list(page))
    if sent is not None and formset.is_valid():
        return save(request, formset, page.number)
    count_people(formset)
    has_organisation = ~Q(organisation=None) & ~Q(organisation="")
    numbers = lacking.aggregate(all=Count("pk"), named=Count("pk", filter=has_organisation))
    context = {"title": "Ort fehlt", "formset": formset, "page": page, **numbers}
    context["without_organisation"] = numbers["all"] - numbers["named"]
    status = 422 if sent is not None else 200
    return admin_page(request, Registration, "registration/towns/missing.html", context, status)


def forms_for(groups: list[tuple[str, int]]) -> forms.BaseFormSet:
    """Return one form for each organisation; where the words decide, the place is chosen."""
    proposals = Municipality.objects.proposed_for(text for text, _ in groups)
    initial = [
        {"organisation": text, "town": decided(text, proposals[text])} for text, _ in groups
    ]
    return TownFormSet(initial=initial, form_kwargs={"proposals": proposals})


def forms_sent(sent: QueryDict) -> forms.BaseFormSet:
    texts = [
        value[:MAX_NAME]
        for name, value in sent.items()
        if isinstance(value, str) and name.endswith(("-organisation", "-other"))
    ]
    proposals = Municipality.objects.proposed_for(texts[: 2 * PER_PAGE])
    return TownFormSet(sent, form_kwargs={"proposals": proposals})


def decided(text: str, places: list[Municipality]) -> str:
    """Return the key of the only place that `text` can mean: `Stadt …` names no village."""
    if says_stadt(text):
        places = [place for place in places if place.may_be_stadt]
    return str(places[0].pk) if len(places) == 1 else LATER


def count_people(formset: forms.BaseFormSet) -> None:
    """Note on each form how many registrations it is about; one query."""
    texts = [form["organisation"].value() or "" for form in formset]
    lacking = Registration.objects.lacking_town().filter(organisation__in=texts)
    numbers = dict(lacking.organisations())
    for form, text in zip(formset, texts, strict=True):
        form.number = numbers.get(text, 0)


def save(request: HttpRequest, formset: forms.BaseFormSet, number: int) -> HttpResponseRedirect:
    """Write what was decided, say how much that was, and go on with the same page."""
    towns = {form.cleaned_data["organisation"]: form.chosen for form in formset if form.is_decided}
    rows = Registration.objects.all().settle_towns(towns) if towns else []
    history.write(request, rows, "Ort berichtigt.")
    messages.info(request, saved_text(rows, towns))
    return HttpResponseRedirect(f"{reverse('admin:missing_towns')}?p={number}")


def saved_text(rows: Iterable[Registration], towns: dict[str, Municipality | None]) -> str:
    """Say of how many registrations the town was entered, and of how many there is none."""
    numbers: defaultdict[bool, int] = defaultdict(int)
    for row in rows:
        numbers[towns[row.organisation or ""] is not None] += 1
    if not numbers:
        return "Nichts geändert: Es war kein Ort gewählt, oder jemand war schneller."
    parts = []
    if with_town := numbers[True]:
        parts.append(f"Ort eingetragen bei {registrations_text(with_town)}.")
    if without := numbers[False]:
        parts.append(f"Als „kein Ort“ vermerkt bei {registrations_text(without)}.")
    return " ".join(parts)


def registrations_text(number: int) -> str:
    return "1 Anmeldung" if number == 1 else f"{number} Anmeldungen"


URLS: list[DeskUrl] = [("statistik/orte/", missing_towns, "missing_towns")]
