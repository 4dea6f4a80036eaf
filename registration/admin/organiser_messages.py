"""The organisers' messages to the people of a talk."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html

from events.desk.takes_anything import TakesAnything
from registration.desk.admin_page import admin_urls
from registration.desk.messages import message_pages
from registration.models import Message
from registration.privacy.history import NamesNobody, organiser

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldGroups


@admin.register(Message)
class MessageAdmin(NamesNobody, TakesAnything):
    """What organisers write to the people of a talk; a released message cannot be changed."""

    form = message_pages.MessageForm
    list_display = ["words", "talk", "recipients", "standing", "released_at", "stopped_at"]
    list_select_related = ["talk"]
    list_display_links = None
    fields = ["talk", "recipients", "subject", "text"]
    autocomplete_fields = ["talk"]

    def get_urls(self) -> list[URLPattern]:
        return [*admin_urls(message_pages.URLS), *super().get_urls()]

    @admin.display(description="Betreff", ordering="subject")
    def words(self, message: Message) -> str:
        """Lead to the page on which a message is checked, released, watched and stopped."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:check_message", args=[message.pk]), message
        )

    @admin.display(description="Stand")
    def standing(self, message: Message) -> str:
        if not message.is_released:
            return "Entwurf"
        return "Angehalten" if message.is_stopped else "Freigegeben"

    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> "_FieldGroups":
        """Show what is left of a message whose talk is long over."""
        if obj and obj.is_erased:
            return ["talk", "recipients", "words"]
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> list[str]:
        return ["words"] if obj and obj.is_erased else []

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        is_done = obj is not None and (obj.is_released or obj.is_erased)
        return super().has_change_permission(request, obj) and not is_done

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

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
        obj.author = obj.author or organiser(request)
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Message, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:check_message", obj.pk)

    def response_change(self, request: HttpRequest, obj: Message) -> HttpResponse:
        return redirect("admin:check_message", obj.pk)
