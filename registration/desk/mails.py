"""What organisers see of mails before they go out: previews, and telling of a changed talk."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from events.models import Talk
from registration.mail.examples import EXAMPLES, example
from registration.models import OutgoingMail, Registration

# A mail brings its own style sheet; nothing in it runs or loads anything.
PREVIEW_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


class PreviewsMails(admin.ModelAdmin):
    """Adds the previews to the admin of the outgoing mails."""

    change_list_template = "admin/registration/outgoingmail/change_list.html"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("vorschau/", view(self.previews), name="mail_previews"),
            path("vorschau/<str:name>/", view(self.preview), name="mail_preview"),
            path("vorschau/<str:name>/html/", view(self.preview_html), name="mail_preview_html"),
            *super().get_urls(),
        ]

    def _talk(self, request):
        """Return the talk that was asked for, else the next one, else the newest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        talks = Talk.objects.with_parts()
        wanted = request.GET.get("talk", "")
        if wanted.isdecimal() and len(wanted) < 10:
            return get_object_or_404(talks, pk=wanted)
        found = talks.published().upcoming().first() or talks.first()
        if found is None:
            raise Http404("Es gibt noch keinen Talk.")
        return found

    def _message(self, request, name):
        found, talk = example(name), self._talk(request)
        if found is None:
            raise Http404
        return found, talk, found.message(talk)

    def previews(self, request):
        talk = self._talk(request)
        context = {"examples": EXAMPLES, "talk": talk, "title": "Mails in der Vorschau"}
        return self._page(request, "previews", context)

    def preview(self, request, name):
        found, talk, message = self._message(request, name)
        context = {"example": found, "talk": talk, "message": message, "title": found.label}
        return self._page(request, "preview", context)

    def preview_html(self, request, name):
        """Answer with the mail's HTML alone, under a policy of its own."""
        _, _, message = self._message(request, name)
        html = next(part.content for part in message.alternatives if part.mimetype == "text/html")
        return HttpResponse(
            html,
            headers={
                "Content-Security-Policy": PREVIEW_CSP,
                "X-Frame-Options": "SAMEORIGIN",
                "Cache-Control": "no-store",
            },
        )

    def _page(self, request, template, context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/registration/outgoingmail/{template}.html", context)


class TellsOfChange(admin.ModelAdmin):
    """After a talk was moved, cancelled or renamed, asks whether the people shall be told."""

    # What people have in their calendars.
    TOLD_OF = frozenset({"title", "starts_at", "ends_at", "status"})

    def get_urls(self):
        view = self.admin_site.admin_view(self.tell_of_change)
        return [
            path("<int:pk>/benachrichtigen/", view, name="tell_of_change"),
            *super().get_urls(),
        ]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        request.is_to_ask = change and bool(self.TOLD_OF.intersection(form.changed_data))

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        is_of_interest = obj.is_published and (obj.is_upcoming or not obj.is_taking_place)
        if request.is_to_ask and is_of_interest and obj.registrations.booked().exists():
            return redirect("admin:tell_of_change", obj.pk)
        return response

    def tell_of_change(self, request, pk):
        talk = get_object_or_404(Talk.objects.with_parts(), pk=pk)
        if not self.has_change_permission(request, talk):
            raise PermissionDenied
        change_page = reverse("admin:events_talk_change", args=[pk])
        if request.method == "POST":
            mails = Registration.objects.tell_of_change(talk)
            self.log_change(request, talk, f"Angemeldete benachrichtigt: {len(mails)} Mails.")
            self.message_user(request, f"{len(mails)} Mails gehen jetzt hinaus.")
            return redirect(change_page)
        name = {"cancelled": "talk_cancelled", "postponed": "talk_postponed"}
        found = example(name.get(talk.status, "talk_changed"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Angemeldete benachrichtigen?",
            "opts": self.opts,
            "talk": talk,
            "told": OutgoingMail.objects.told_of_change(talk).count(),
            "example": found,
            "message": found.message(talk),
            "change_page": change_page,
        }
        return render(request, "admin/events/talk/tell_of_change.html", context)
