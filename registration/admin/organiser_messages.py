"""The organisers' messages to the people of a talk."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html

from events.desk.takes_anything import TakesAnything
from registration.desk.admin_page import admin_urls, primary_key
from registration.desk.messages import message_pages, message_planning
from registration.models import Message
from registration.privacy.history import NamesNobody, organiser

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldGroups

WORDS = ["talk", "recipients", "subject", "text"]
# The message whose words a new one begins with, in the address of the form.
COPY_OF = "kopie"


@admin.register(Message)
class MessageAdmin(NamesNobody, TakesAnything):
    """What organisers write to the people of a talk; only a draft can be changed."""

    form = message_pages.MessageForm
    list_display = ["words", "standing", "talk", "recipients", "created_at"]
    list_select_related = ["talk"]
    list_display_links = None
    search_fields = ["subject", "talk__title"]
    search_help_text = "Betreff oder Talk"
    fields = [*WORDS]
    autocomplete_fields = ["talk"]

    def get_urls(self) -> list[URLPattern]:
        pages = [*message_pages.URLS, *message_planning.URLS]
        return [*admin_urls(pages), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return Message.objects.with_progress()

    @admin.display(description="Betreff", ordering="subject")
    def words(self, message: Message) -> str:
        """Lead to the page on which a message is checked, released, watched and stopped."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:check_message", args=[message.pk]), message
        )

    @admin.display(description="Stand")
    def standing(self, message: Message) -> str:
        return message.standing

    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> "_FieldGroups":
        """Show what is left of a message whose talk is long over."""
        if obj and obj.is_erased:
            return ["talk", "recipients", "words"]
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> list[str]:
        return ["words"] if obj and obj.is_erased else []

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        is_fixed = obj is not None and not obj.is_draft
        return super().has_change_permission(request, obj) and not is_fixed

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what cannot be changed any more on its own page, with its buttons."""
        found = Message.objects.filter(pk=primary_key(object_id) or 0).first()
        may_see = self.has_view_or_change_permission(request)
        if request.method == "GET" and found and not found.is_draft and may_see:
            return redirect("admin:check_message", found.pk)
        return super().change_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a copy with the words of the former message.

        Once its talk is over the copy is for another one, which is left to choose.
        """
        initial = super().get_changeform_initial_data(request)
        copied = Message.objects.filter(pk=primary_key(request.GET.get(COPY_OF)) or 0)
        if not (former := copied.select_related("talk").first()):
            return initial
        words = {name: getattr(former, name) for name in ("recipients", "subject", "text")}
        return initial | words | ({"talk": former.talk_id} if former.talk.is_upcoming else {})

    def get_form(
        self,
        request: HttpRequest,
        obj: Message | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[forms.ModelForm]:
        """Offer no way from here to add, change or open a talk."""
        form = super().get_form(request, obj, change, **kwargs)
        if talk := form.base_fields.get("talk"):
            talk.widget.can_add_related = False
            talk.widget.can_change_related = False
            talk.widget.can_view_related = False
        return form

    def save_model(
        self, request: HttpRequest, obj: Message, form: forms.ModelForm, change: bool
    ) -> None:
        """Write the words alone: when it goes out is not this form's."""
        obj.author = obj.author or organiser(request)
        obj.save(update_fields=[*WORDS, "author"] if change else None)

    def response_add(
        self, request: HttpRequest, obj: Message, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:check_message", obj.pk)

    def response_change(self, request: HttpRequest, obj: Message) -> HttpResponse:
        return redirect("admin:check_message", obj.pk)
