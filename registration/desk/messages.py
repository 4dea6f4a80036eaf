"""The organisers' pages about messages: write, check, test, release, watch, stop."""

import copy

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from events.models import Series
from registration.mail import compose
from registration.models import OutgoingMail, addresses
from registration.models.organiser_message import Message


class MessageAdmin(admin.ModelAdmin):
    """What is released cannot be changed any more; registration/admin.py registers it."""

    list_display = ["words", "talk", "recipients", "released_at", "stopped_at"]
    list_select_related = ["talk"]
    fields = ["talk", "recipients", "subject", "text"]
    autocomplete_fields = ["talk"]

    def get_urls(self):
        view = self.admin_site.admin_view
        pages = [
            ("<int:pk>/pruefen/", self.check_page, "check_message"),
            ("<int:pk>/test/", self.send_test, "test_message"),
            ("<int:pk>/freigeben/", self.release, "release_message"),
            ("<int:pk>/anhalten/", self.stop, "stop_message"),
        ]
        return [
            *(path(route, view(page), name=name) for route, page, name in pages),
            *super().get_urls(),
        ]

    @admin.display(description="Betreff", ordering="subject")
    def words(self, message):
        return str(message)

    def get_fields(self, request, obj=None):
        """Show what is left of a message whose talk is long over."""
        fields = super().get_fields(request, obj)
        return [*fields[:2], "words"] if obj and obj.is_forgotten else fields

    def get_readonly_fields(self, request, obj=None):
        return ["words"] if obj and obj.is_forgotten else []

    def has_change_permission(self, request, obj=None):
        is_done = obj and (obj.is_released or obj.is_forgotten)
        return super().has_change_permission(request, obj) and not is_done

    def has_delete_permission(self, request, obj=None):
        return False

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if talk := form.base_fields.get("talk"):
            talk.widget.can_add_related = talk.widget.can_change_related = False
            talk.widget.can_view_related = False
        form.clean_subject = lambda self: addresses.clean_line(self.cleaned_data["subject"])
        form.clean_text = lambda self: addresses.clean_text(self.cleaned_data["text"])
        return form

    def save_model(self, request, obj, form, change):
        obj.author = obj.author or request.user
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        return self._to_check(obj.pk)

    def response_change(self, request, obj):
        return self._to_check(obj.pk)

    def check_page(self, request, pk):
        """Show what the first recipient will read, how many get it, and what became of it."""
        message = self._message(request, pk, "view")
        people = message.registrations()
        results = message.mails.to_participants().with_people()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(message),
            "message": message,
            "count": people.count(),
            "person": people.first(),
            "preview": None if message.is_forgotten else self._preview(message, people.first()),
            "progress": message.progress,
            "results": Paginator(results, 100).get_page(request.GET.get("p")),
            "may_change": self.has_change_permission(request) and not message.is_forgotten,
        }
        return render(request, "admin/registration/message/check.html", context)

    @method_decorator(require_POST)
    def send_test(self, request, pk):
        message = self._message(request, pk)
        if request.user.email:
            message.send_test(request.user.email)
            self.message_user(request, f"Der Test geht an {request.user.email}.")
        else:
            self.message_user(
                request, "In Ihrem Konto steht keine E-Mail-Adresse.", messages.ERROR
            )
        return self._to_check(pk)

    @method_decorator(require_POST)
    def release(self, request, pk):
        message = self._message(request, pk)
        if number := message.release():
            self.log_change(request, message, f"Freigegeben: {number} Mails.")
            self.message_user(request, f"{number} Mails gehen jetzt hinaus.")
        return self._to_check(pk)

    @method_decorator(require_POST)
    def stop(self, request, pk):
        message = self._message(request, pk)
        if message.stop():
            self.log_change(request, message, "Angehalten.")
            self.message_user(request, "Angehalten. Was schon verschickt ist, ist verschickt.")
        return self._to_check(pk)

    def _preview(self, message, person):
        """Return the mail to a real person, without their personal links."""
        if person is None:
            return None
        row = copy.copy(person)
        row.key = "beispiel"
        mail = OutgoingMail(
            kind=OutgoingMail.Kind.MESSAGE, recipient=row.email, organiser_message=message
        )
        occasion = compose.Occasion(mail, [row], row, Series.load())
        return compose.RENDER[mail.kind](occasion)

    def _message(self, request, pk, right="change"):
        if not getattr(self, f"has_{right}_permission")(request):
            raise PermissionDenied
        message = get_object_or_404(Message.objects.select_related("talk__municipality"), pk=pk)
        if message.is_forgotten and right != "view":
            raise PermissionDenied
        return message

    def _to_check(self, pk):
        return HttpResponseRedirect(reverse("admin:check_message", args=[pk]))
