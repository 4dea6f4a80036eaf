"""The organisers' pages about the people of one talk; all changes are verbs."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from events.models import Talk
from registration.desk import attendance
from registration.desk.forms import AttendanceForm, CorrectionForm, ParticipantForm
from registration.models import NotBookable, Registration

# How many past talks the filter offers beside those ahead.
PAST_TALKS = 12


class TalkFilter(admin.SimpleListFilter):
    """The talks one works on, and whichever is chosen: not hundreds of links."""

    title = "Talk"
    parameter_name = "talk__id__exact"

    def lookups(self, request, model_admin):
        talks = [*Talk.objects.in_preparation(), *Talk.objects.past()[:PAST_TALKS]]
        if self.number and self.number not in {talk.pk for talk in talks}:
            talks += Talk.objects.in_bulk([self.number]).values()
        return [(talk.pk, talk.title) for talk in dict.fromkeys(talks)]

    def queryset(self, request, queryset):
        return queryset.in_talk(self.number) if self.number else queryset

    @property
    def number(self) -> int | None:
        return number(self.value())


class MailFilter(admin.SimpleListFilter):
    title = "Mail"
    parameter_name = "mail"

    def lookups(self, request, model_admin):
        return [("unzustellbar", "unzustellbar")]

    def queryset(self, request, queryset):
        return queryset.undeliverable() if self.value() else queryset


def number(text) -> int | None:
    """Return the primary key in a query string; None for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def posted(request):
    """Return what was sent, be it nothing; None before anything is."""
    return request.POST if request.method == "POST" else None


class ChangesParticipants(admin.ModelAdmin):
    """The list's actions; each says how many it has changed."""

    actions = [
        "cancel_selected",
        "promote_selected",
        "confirm_selected",
        "mark_present_selected",
        "mark_absent_selected",
    ]

    @admin.action(description="Ausgewählte abmelden (mit Mail)", permissions=["change"])
    def cancel_selected(self, request, queryset):
        done = [row for row in queryset if row.cancel(Registration.Reason.ORGANISER)]
        self._say(
            request,
            ("Abgemeldet", done, len(queryset), "Abgemeldet, mit Mail."),
            "wer schon abgemeldet ist oder wessen Talk begonnen hat",
        )

    @admin.action(
        description="Nachrücken lassen, auch über die Platzzahl hinaus (mit Mail)",
        permissions=["change"],
    )
    def promote_selected(self, request, queryset):
        done = [row for row in queryset if row.promote()]
        self._say(
            request,
            ("Nachgerückt", done, len(queryset), "Von der Warteliste nachgerückt, mit Mail."),
            "wer nicht wartet oder wessen Talk begonnen hat oder nicht stattfindet",
        )

    @admin.action(description="Bestätigen, ohne Klick in der Mail", permissions=["change"])
    def confirm_selected(self, request, queryset):
        done = [row for row in queryset if row.confirm()]
        self._say(
            request,
            ("Bestätigt", done, len(queryset), "Bestätigt, mit Mail."),
            "wer schon bestätigt ist oder zu spät kommt",
        )

    @admin.action(description="Als dabei vermerken", permissions=["change"])
    def mark_present_selected(self, request, queryset):
        done = queryset.mark_present()
        self._say(
            request,
            ("Als dabei vermerkt", done, len(queryset), "Als dabei vermerkt."),
            "wer schon vermerkt ist, keinen Platz hat oder wessen Talk noch bevorsteht",
        )

    @admin.action(description="Doch nicht dabei", permissions=["change"])
    def mark_absent_selected(self, request, queryset):
        total, done = len(queryset), queryset.mark_absent()
        self._say(
            request,
            ("Vermerk gelöscht", done, total, "Vermerk gelöscht, dabei gewesen zu sein."),
            "wer nicht als dabei vermerkt war",
        )

    def _say(self, request, result, unchanged):
        word, done, total, entry = result
        self.log_changes(request, done, entry)
        self.message_user(request, f"{word}: {len(done)} von {total}.")
        if len(done) < total:
            self.message_user(request, f"Unverändert bleibt, {unchanged}.", messages.WARNING)


class ShowsParticipants(admin.ModelAdmin):
    """Pages about one talk's people and about one person."""

    def get_urls(self):
        pages = [
            ("talk/<int:pk>/eintragen/", self.add_participant, "add_participant"),
            ("talk/<int:pk>/anwesenheit/", self.import_attendance, "import_attendance"),
            ("talk/<int:pk>/liste/", self.print_list, "print_participants"),
            ("talk/<int:pk>/fragen/", self.print_questions, "print_questions"),
            ("<int:pk>/berichtigen/", self.correct, "correct_registration"),
        ]
        view = self.admin_site.admin_view
        return [
            *(path(route, view(page), name=name) for route, page, name in pages),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        """Tell the list which talk it is about, for the buttons above it."""
        chosen = number(request.GET.get(TalkFilter.parameter_name))
        talk = Talk.objects.in_bulk([chosen]).get(chosen) if chosen else None
        title = f"Anmeldungen: {talk.title}" if talk else "Anmeldungen"
        context = {"talk": talk, "title": title, **(extra_context or {})}
        return super().changelist_view(request, context)

    def add_participant(self, request, pk):
        talk = self._talk(request, pk)
        form = ParticipantForm(posted(request))
        if form.is_valid():
            try:
                (row,) = Registration.objects.sign_up([talk], **form.cleaned_data)
            except NotBookable:
                talk.refresh_from_db()
                label = talk.registration_state.label
                form.add_error(None, f"Dieser Talk nimmt niemanden mehr auf: {label}.")
            else:
                self.log_changes(request, [row], "Von Hand eingetragen.")
                self.message_user(request, f"{row.name}: {row.get_state_display()}, mit Mail.")
                return redirect(self._list_of(talk))
        context = {"form": form, "button": "Eintragen", "title": "Jemanden eintragen"}
        return self._page(request, "participant_form", talk, context)

    def import_attendance(self, request, pk):
        """Mark who was there; pressing twice changes nothing more."""
        talk = self._talk(request, pk)
        form = AttendanceForm(posted(request), request.FILES or None)
        context = {"form": form, "button": "Einlesen", "title": "Teilnahme einlesen"}
        if form.is_valid():
            people = Registration.objects.in_talk(talk).confirmed().named()
            report = attendance.match(form.cleaned_data["file"], people)
            done = people.filter(pk__in=[row.pk for row in report.rows]).mark_present()
            self.log_changes(request, done, "Als dabei vermerkt, aus einer Datei.")
            context |= {"report": report, "newly": len(done)}
        return self._page(request, "attendance", talk, context)

    def print_list(self, request, pk):
        talk = self._talk(request, pk, "view")
        rows = Registration.objects.in_talk(talk).booked().order_by("name", "pk")
        context = {"rows": rows.select_related("municipality"), "title": "Liste der Angemeldeten"}
        return self._page(request, "print_list", talk, context)

    def print_questions(self, request, pk):
        """Show the moderator what people want to know; no addresses."""
        talk = self._talk(request, pk, "view")
        asked = Registration.objects.in_talk(talk).booked().exclude(question=None)
        rows = asked.exclude(question="").order_by("created_at", "pk")
        return self._page(
            request, "print_questions", talk, {"rows": rows, "title": "Fragen vorab"}
        )

    def correct(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Registration.objects.named().select_related("talk"), pk=pk)
        now = {"email": row.email, "municipality": row.municipality_id}
        form = CorrectionForm(posted(request), initial=now)
        if form.is_valid() and self._correct(request, row, form):
            self.message_user(request, "Berichtigt.")
            return redirect("admin:registration_registration_change", pk)
        context = {"form": form, "button": "Berichtigen", "title": f"{row.name} berichtigen"}
        return self._page(request, "participant_form", row.talk, context)

    def _correct(self, request, row, form) -> bool:
        if "email" in form.changed_data:
            if not row.correct_address(form.cleaned_data["email"]):
                form.add_error("email", "Mit dieser Adresse ist hier schon jemand angemeldet.")
                return False
            self.log_changes(request, [row], "Adresse berichtigt, Mails noch einmal verschickt.")
        if "municipality" in form.changed_data:
            row.correct_town(form.cleaned_data["municipality"])
            self.log_changes(request, [row], "Ort berichtigt.")
        return True

    def _talk(self, request, pk, right="change"):
        if not getattr(self, f"has_{right}_permission")(request):
            raise PermissionDenied
        return get_object_or_404(Talk.objects.with_parts(), pk=pk)

    def _list_of(self, talk) -> str:
        url = reverse("admin:registration_registration_changelist")
        return f"{url}?{TalkFilter.parameter_name}={talk.pk}"

    def _page(self, request, template, talk, context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "talk": talk,
            "list_url": self._list_of(talk),
            "media": getattr(context.get("form"), "media", ""),
        }
        return render(request, f"admin/registration/registration/{template}.html", context)


class ListsParticipants(ShowsParticipants, ChangesParticipants):
    """The columns of the list."""

    list_display = [
        "name",
        "organisation",
        "municipality",
        "talk",
        "state",
        "mail_state",
        "was_there",
        "has_question",
        "signed_up",
    ]
    list_filter = ["state", MailFilter, TalkFilter]
    list_select_related = ["talk", "municipality"]
    list_per_page = 50
    # Counting 200,000 rows twice would cost more than all the rest.
    show_full_result_count = False
    search_fields = ["name", "email", "organisation"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_mails()

    def get_list_display(self, request):
        """Leave out the talk where only one is listed."""
        chosen = number(request.GET.get(TalkFilter.parameter_name))
        return [name for name in self.list_display if not (chosen and name == "talk")]

    @admin.display(description="Seit", ordering="created_at")
    def signed_up(self, registration):
        """Show the moment in few letters, so that all columns fit beside the filters."""
        return date_format(timezone.localtime(registration.created_at), "j.n.y, H:i")

    @admin.display(description="Frage")
    def has_question(self, registration):
        return "ja" if registration.question else ""

    @admin.display(description="Dabei")
    def was_there(self, registration):
        """Say it in words: a red cross beside everybody before the talk looked like a fault."""
        return "ja" if registration.was_there else ""

    @admin.display(description="Letzte Mail")
    def mail_state(self, registration):
        """Say what became of the last mail; a refused address leads to its correction."""
        if registration.is_undeliverable and registration.email:
            url = reverse("admin:correct_registration", args=[registration.pk])
            return format_html('<a class="trouble" href="{}">unzustellbar</a>', url)
        return registration.last_mail and registration.last_mail.get_state_display()
