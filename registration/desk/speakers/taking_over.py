"""Taking over what speakers proposed, by the organisers' own form of the talk.

So the same rules, history, mails and counters hold as if an organiser had typed it there.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from events.models import Material, Speaker, Talk
from registration.desk.speakers.compared import Proposal
from registration.desk.speakers.decisions import SlidesForm
from registration.desk.speakers.form_of_talk import FormOfTalk, NoSuchField
from registration.models.speakers.proposed_change import MODEL_OF

if TYPE_CHECKING:
    from events.admin import TalkAdmin

FILE_GONE = "Die Datei liegt nicht mehr auf dem Server. Sie muss noch einmal hochgeladen werden."
NO_FIELD = "Im Formular des Talks gibt es dafür kein Feld mehr."


class FormRefuses(Exception):
    """The form refuses what was proposed: each problem with the key of its change, if it has one.

    Nothing was saved.
    """

    def __init__(self, problems: Sequence[tuple[int | None, str]]) -> None:
        super().__init__("The form of the talk refuses a proposal.")
        self.problems = problems


def take_over(request: HttpRequest, talk: Talk, taken: Sequence[Proposal]) -> HttpResponse:
    """Send the form of the locked talk with the proposals in it; return where it leads.

    The request is used up by that. Raises FormRefuses.
    """
    page = cast("TalkAdmin", admin.site.get_model_admin(Talk))
    form = FormOfTalk(request, talk, page)
    names = fill_in(form, taken)
    request.POST = form.data  # type: ignore[assignment]  # Django lets one replace it
    request.FILES.clear()
    for name, file in form.files.items():
        request.FILES[name] = file  # type: ignore[assignment]  # stored, it need not be uploaded
    response = page.changeform_view(request, str(talk.pk))
    if isinstance(response, TemplateResponse):
        raise FormRefuses(list(_problems(response.context_data or {}, names)))
    return response


def fill_in(form: FormOfTalk, taken: Sequence[Proposal]) -> dict[str, int]:
    """Type the proposals into the form; return which name of it holds which change."""
    names, problems = {}, []
    for proposal in taken:
        key = proposal.change.pk
        name = proposal.change.file_name
        if name and not default_storage.exists(name):
            problems.append((key, FILE_GONE))
            continue
        try:
            names[_fill_in(form, proposal)] = key
        except NoSuchField:
            problems.append((key, NO_FIELD))
    if problems:
        raise FormRefuses(problems)
    return names


def _fill_in(form: FormOfTalk, proposal: Proposal) -> str:
    if proposal.is_slides:
        return _add_slides(form, proposal)
    change = proposal.change
    part = _part_of(form, proposal)
    if proposal.is_picture:
        return form.choose_file(part, change.field, change.file_name)
    return form.fill_in(part, change.field, change.text)


def _part_of(form: FormOfTalk, proposal: Proposal) -> forms.ModelForm:
    """Return the part of the form that holds the field: the talk's own, or one of its rows."""
    model = MODEL_OF[proposal.field]
    if model is Talk:
        return form.form
    if model not in form.rows:
        raise NoSuchField(model)
    rows = form.rows[model]
    if model is Speaker:
        return rows.row_of(proposal.change.link.speaker_id)
    return rows.forms[0] if rows.forms else rows.add()


def _add_slides(form: FormOfTalk, proposal: Proposal) -> str:
    """Make the slides a material, or put them in the place of one."""
    choice, rows = cast(SlidesForm, proposal.form), form.rows[Material]
    row = rows.row_of(choice.replaces) if choice.replaces else rows.add()
    if not choice.replaces:
        form.fill_in(row, "title", choice.title)
    form.fill_in(row, "audience", choice.cleaned_data["audience"])
    return form.choose_file(row, "file", proposal.change.file_name)


def _problems(context: dict[str, Any], names: dict[str, int]) -> Iterator[tuple[int | None, str]]:
    """Yield what the form says is wrong, each beside the change that was filled in there."""
    rows = [row for each in context["inline_admin_formsets"] for row in each.formset.forms]
    for form in [context["adminform"].form, *rows]:
        for field, errors in form.errors.items():
            key = names.get(form.add_prefix(field))
            label = form.fields[field].label if field in form.fields else ""
            for error in errors:
                yield key, error if key or not label else f"{label}: {error}"
    for each in context["inline_admin_formsets"]:
        for error in each.formset.non_form_errors():
            yield None, error
