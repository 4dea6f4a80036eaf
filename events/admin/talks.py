"""Talks and what one is made of: speakers and materials."""

import re
from typing import TYPE_CHECKING, Any

from django import forms, urls
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from events.dates import moment_text
from events.desk import missing, talk_sections
from events.desk.duplicate import duplicate
from events.desk.kept_uploads import KeepsUploads, KeptFileInput
from events.desk.lists import ListsTalks
from events.desk.publication import fewer_seats_text, standing_text
from events.desk.questions import with_boxes
from events.desk.takes_anything import FewRows, TakesAnything
from events.desk.talk_form import HOW_TO_WRITE, TalkForm
from events.desk.talk_sections import flat
from events.desk.wrapped_links import TellsOfWrappedLinks
from events.models import Material, PracticeProfile, Speaker, Talk
from events.previews import VALID_DAYS
from events.uploads.kept import Kind

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldOpts, _FieldsetSpec
    from django_stubs_ext import StrOrPromise

# The ways into the rooms, for people with a seat, for speakers and for organisers.
SECRETS = ("meeting_url", "dial_in", "check_url")

WHAT_A_PROFILE_IS = (
    "Was andere Kommunen übernehmen können, in eigenen Worten der Kommune. Steht vor und nach dem "
    f"Talk öffentlich auf seiner Seite; was leer ist, fehlt dort. {HOW_TO_WRITE}"
)


class SpeakerInline(FewRows, admin.StackedInline):
    model = Speaker
    verbose_name_plural = "Wer spricht"
    fields = [("name", "role", "form", "position"), ("portrait", "portrait_credit")]
    formfield_overrides = {models.FileField: {"widget": KeptFileInput}}

    def get_extra(self, request: HttpRequest, obj: Talk | None = None, **kwargs: Any) -> int:
        """Offer an empty row to a talk without speakers; „hinzufügen“ makes further ones."""
        return 0 if obj and obj.speakers.exists() else 1


class MaterialInline(FewRows, admin.StackedInline):
    model = Material
    fields = [("title", "audience", "position"), ("file", "url", "recording")]
    formfield_overrides = {models.FileField: {"widget": KeptFileInput}}
    extra = 1
    classes = ["collapse"]


class PracticeProfileFormSet(forms.BaseInlineFormSet):
    """The one profile of a talk; it goes when all its texts are taken out."""

    def save_existing(self, form: Any, obj: PracticeProfile, commit: bool = True) -> Any:
        saved = super().save_existing(form, obj, commit)
        if commit and saved.is_empty:
            saved.delete()
        return saved


class PracticeProfileInline(FewRows, admin.StackedInline):
    model = PracticeProfile
    formset = PracticeProfileFormSet
    fieldsets = [(None, {"fields": PracticeProfile.TEXTS, "description": WHAT_A_PROFILE_IS})]
    # Always there, and nothing to take away: emptying it is enough.
    min_num = max_num = 1
    extra = 0
    can_delete = False
    classes = ["collapse"]


class TalkAdmin(ListsTalks, TellsOfWrappedLinks, KeepsUploads, TakesAnything):
    """Talks; registration/admin/talks.py registers it and adds what concerns the people."""

    form = TalkForm
    inlines = [SpeakerInline, MaterialInline, PracticeProfileInline]
    formfield_overrides = {
        **TakesAnything.formfield_overrides,
        models.FileField: {"widget": KeptFileInput},
    }
    uploads = {
        re.compile(r"image|speakers-\d+-portrait"): Kind.PICTURE,
        re.compile(r"materials-\d+-file"): Kind.PDF,
    }
    autocomplete_fields = ["municipality"]
    save_on_top = True
    fieldsets = talk_sections.SECTIONS
    readonly_fields = ["preview_link"]

    class Media:
        js = ["js/unsaved.js", "js/sections.js"]

    def get_urls(self) -> list[urls.URLPattern]:
        path = "<path:object_id>/duplizieren/"
        view = self.admin_site.admin_view(self.duplicate_view)
        return [urls.path(path, view, name="events_talk_duplicate"), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Talk | None = None) -> "_FieldsetSpec":
        """For those who may only look: show topics as text, hide the secret ways into the room."""
        sections = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sections
        shown: list[tuple[StrOrPromise | None, _FieldOpts]] = []
        for title, options in sections:
            names: list[str | list[str] | tuple[str, ...] | tuple[()]]
            names = [name for name in flat(options["fields"]) if name not in SECRETS]
            if "chosen_topics" in names:  # only the form knows these
                names[names.index("chosen_topics")] = "topics"
            if names:
                shown.append((title, {**options, "fields": names}))
        return shown

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the sections as the form needs them; around it, say what is stored."""
        talk = context.get("original")
        may_save = talk is None or self.has_change_permission(request, talk)
        context |= self.guidance(context, may_save=may_save)
        if talk is not None and context["errors"]:  # the form has written into it what was typed
            talk = context["original"] = kwargs["obj"] = Talk.objects.get(pk=talk.pk)
        context["standing"] = standing_text(talk)
        if talk is not None:
            context |= self.said_above(request, talk)
        return super().render_change_form(request, context, *args, **kwargs)

    def guidance(self, context: dict[str, Any], *, may_save: bool) -> dict[str, Any]:
        """Open the sections that need it; return what leads through the form, and its gaps."""
        shown, rows = context["adminform"], context["inline_admin_formsets"]
        form = shown.form
        lacks = missing.missing_in(form) if may_save else {}
        missing.say_beside_fields(form, [each.formset for each in rows], lacks)
        shown.fieldsets = with_boxes(shown.fieldsets, form.asked)
        shown.fieldsets = talk_sections.opened(
            shown.fieldsets, [*form.errors, *lacks], form.instance
        )
        talk_sections.open_rows(rows, context.get("original"))
        return {
            "lacks": lacks,
            "jumps": talk_sections.jumps(shown.fieldsets, rows, lacks),
            "mistakes": [*talk_sections.mistakes(shown.fieldsets, form, rows)],
        }

    def said_above(self, request: HttpRequest, talk: Talk) -> dict[str, Any]:
        """Return what the template says of the talk above its form."""
        return {}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let nobody guess the secret ways in by filters in the list's address."""
        is_secret = lookup.startswith(SECRETS)
        return not is_secret and super().lookup_allowed(lookup, value, request)

    @admin.display(description="Vorschau-Link")
    def preview_link(self, talk: Talk) -> str:
        """Show the address to copy, or say when there will be one."""
        if talk.pk is None:
            return "Steht hier, sobald der Entwurf gesichert ist."
        if Talk.objects.get(pk=talk.pk).is_published:  # not what was typed and refused
            return "Der Talk ist veröffentlicht."
        return format_html(
            '<a href="{0}">{0}</a><br>Zum Weitergeben an die Referentin oder den Referenten; '
            "gilt {1} Tage.",
            settings.SITE_URL + talk.preview_url,
            VALID_DAYS,
        )

    def get_view_on_site_url(self, obj: Talk | None = None) -> str | None:
        """Return the address of the public page; a draft has none, only its preview."""
        return super().get_view_on_site_url(obj) if obj and obj.is_published else None

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Talk | None:
        """Lock the talk that is about to be saved, so that its version is the last one."""
        talk = super().get_object(request, object_id, from_field)
        if talk and request.method == "POST":
            return next(iter(Talk.objects.lock([talk.pk])), None)
        return talk

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Understand the button "Jetzt veröffentlichen"."""
        if "_publish" in request.POST:
            sent = request.POST.copy()
            sent["status"] = Talk.Status.PUBLISHED
            sent["publish_at_0"] = sent["publish_at_1"] = ""
            sent["_continue"] = "1"  # it is seen here that it is published now
            request.POST = sent  # type: ignore[assignment]  # Django lets one replace it
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(require_POST)
    @method_decorator(transaction.atomic)
    def duplicate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the next draft out of a talk and open it."""
        talk = self.get_object(request, object_id)
        if talk is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]  # Django's
                request, self.opts, object_id
            )
        if not (self.has_add_permission(request) and self.has_view_permission(request, talk)):
            raise PermissionDenied
        copy = duplicate(talk)
        self.log_addition(request, copy, f"Kopie von „{talk}“.")
        self.message_user(
            request,
            f"Neuer Entwurf für {copy.date_text}, {copy.time_text}. Bild, Porträts, Material, "
            "Praxisprofil, Zugangslink, Technik-Check und Texte nach dem Talk sind nicht "
            "mitkopiert.",
        )
        return redirect("admin:events_talk_change", copy.pk)

    def save_model(
        self, request: HttpRequest, obj: Talk, form: forms.ModelForm, change: bool
    ) -> None:
        """Save only what was changed here: a form left open overwrites no counter."""
        if not change:
            obj.save()
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        changed, status = columns.intersection(form.changed_data), obj.status
        if "starts_at" in changed:
            changed.add("ends_at")  # so many minutes later
        obj.save(update_fields={*changed, "updated_at"})
        if obj.status != status:
            self.message_user(
                request,
                "Der Talk hat einen neuen Termin. "
                f"Sein Stand ist jetzt „{obj.get_status_display()}“.",
            )

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: list[forms.BaseInlineFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        talk = form.instance
        if "chosen_topics" in form.changed_data:
            talk.topics.set(form.cleaned_data["chosen_topics"])
        if not {"status", "publish_at"}.isdisjoint(form.changed_data):
            self.say_who_sees_it(request, talk)
        if "capacity" in form.changed_data and talk.seats_free is not None and talk.seats_free < 0:
            self.message_user(request, fewer_seats_text(talk), messages.WARNING)

    def say_who_sees_it(self, request: HttpRequest, talk: Talk) -> None:
        """After a talk was published, say so, and lead to its page."""
        if not talk.is_taking_place:
            return
        if talk.publish_at and not talk.is_published:
            self.message_user(request, f"Der Talk erscheint am {moment_text(talk.publish_at)}.")
            return
        self.message_user(
            request,
            format_html(
                'Der Talk ist veröffentlicht: <a href="{}" target="_blank" rel="noopener">'
                "Seite ansehen</a>.",
                talk.get_absolute_url(),
            ),
        )

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Delete one by one, so that the pictures go too."""
        for talk in queryset:
            talk.delete()
