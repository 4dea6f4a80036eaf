"""The series: the site's own words, its law, and the facts of all talks."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from events.desk import fact_fields
from events.desk.takes_anything import TakesAnything
from events.desk.wrapped_links import TellsOfWrappedLinks
from events.models import Series
from events.models.series import NEEDED_IF_THERE

NOT_THERE = "Gibt es das bei Ihnen nicht, schreiben Sie „entfällt“."


@admin.register(Series)
class SeriesAdmin(TellsOfWrappedLinks, TakesAnything):
    fieldsets = [
        (
            "Die Reihe",
            {"fields": ["name", "claim", "introduction", "organisers", "series_url", "licence"]},
        ),
        ("Kontakt", {"fields": ["contact_email", "contact_phone"]}),
        (
            "Technik und Zugänglichkeit der Talks",
            {
                "fields": [*fact_fields.NAMES],
                "description": "Gilt für jeden Talk, der selbst nichts anderes sagt. Ohne "
                f"Angabe steht dazu nirgends etwas. {fact_fields.WHERE_SHOWN}",
            },
        ),
        (
            "Impressum",
            {
                "fields": [
                    "provider_name",
                    "provider_address",
                    "provider_represented_by",
                    "provider_register",
                    "provider_vat_id",
                    "responsible_for_content",
                ]
            },
        ),
        ("Datenschutz", {"fields": ["data_protection_officer", "hosting"]}),
        (
            "Barrierefreiheit",
            {
                "fields": [
                    "accessibility_duty",
                    "accessibility_assessed_on",
                    "accessibility_method",
                    "accessibility_result",
                    "accessibility_gaps",
                    "conciliation_body",
                ]
            },
        ),
    ]

    def get_form(
        self, request: HttpRequest, obj: Series | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """Say beside what not everybody has that it can be said so."""
        kwargs["help_texts"] = dict.fromkeys(NEEDED_IF_THERE, NOT_THERE)
        return super().get_form(request, obj, change, **kwargs)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Offer no second series in the menu; the page of the list knows whether there is one."""
        may_change = self.has_change_permission(request)
        may_view = self.has_view_permission(request)
        return {"add": False, "change": may_change, "delete": False, "view": may_view}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Series.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Series | None = None) -> bool:
        return False
