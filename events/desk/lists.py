"""What the admin's lists share: a title, and words for what has no value; the list of talks."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from events.dates import NBSP
from events.desk.publication import publication_text
from events.models import Talk
from events.models.talk_queries import TalkQuerySet

YES_NO = {True: ("yes", "ja"), False: ("no", "nein"), None: ("unknown", "unbekannt")}


def yes_no_icon(value: bool | None) -> SafeString:
    """Return the picture that Django shows for yes and no, with a German word for it."""
    name, word = YES_NO[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), word)


class NamedList(ChangeList):
    """A list called after what stands in it: Django's title is an order to choose something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_popup:
            name = str(self.opts.verbose_name_plural)
            self.title = name[:1].upper() + name[1:]


class HasList(admin.ModelAdmin):
    """Base of the pages of the admin: what their lists share."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedList


class RelatedOrNone(admin.RelatedFieldListFilter):
    """A filter by another row, which says in words that there may be none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = SafeString("Ohne Angabe")


class WhenFilter(admin.SimpleListFilter):
    """Talks that are ahead, and those that have ended."""

    title = "Termin"
    parameter_name = "wann"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [("kommend", "Kommende"), ("vergangen", "Vergangene")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        talks = cast(TalkQuerySet, queryset)
        if self.value() == "kommend":
            return talks.upcoming()
        return talks.past() if self.value() == "vergangen" else talks


class ListsTalks(HasList):
    """The list of talks."""

    list_display = ["title", "when", "town", "publication"]
    list_filter = [WhenFilter, "status", ("topics", RelatedOrNone)]
    list_select_related = ["municipality"]
    search_fields = ["title", "subtitle", "speakers__name", "municipality__name"]
    date_hierarchy = "starts_at"

    @admin.display(description="Beginn", ordering="starts_at")
    def when(self, talk: Talk) -> str:
        """Return `Do, 28.1.2027, 14:00 Uhr`."""
        return date_format(localtime(talk.starts_at), f"D,{NBSP}j.n.Y, G:i") + f"{NBSP}Uhr"

    @admin.display(description="Ort", ordering="municipality__name")
    def town(self, talk: Talk) -> str:
        """Leave out the Land, which would take the room of the title."""
        return talk.municipality.name if talk.municipality else ""

    @admin.display(description="Stand", ordering="status")
    def publication(self, talk: Talk) -> str:
        return publication_text(talk)
