"""The filters beside the lists of registrations and of mails."""

from typing import cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from events.models import Talk
from registration.desk.admin_page import primary_key
from registration.models import OutgoingMail, Registration
from registration.models.mails.outbox import OutgoingMailQuerySet
from registration.models.queries import RegistrationQuerySet

# How many past talks the filter offers beside those ahead.
PAST_TALKS = 12
# So many letters of a title tell which talk it is.
SHORT = 45


class TalkFilter(admin.SimpleListFilter):
    """Offers the talks that organisers work on, and the chosen one: not hundreds of links."""

    title = "Talk"
    parameter_name = "talk__id__exact"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        talks = [*Talk.objects.awaited(), *Talk.objects.past()[:PAST_TALKS]]
        chosen = primary_key(self.value())
        if chosen and chosen not in {talk.pk for talk in talks}:
            talks += Talk.objects.filter(pk=chosen)
        return [(str(talk.pk), short_text(talk)) for talk in dict.fromkeys(talks)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = primary_key(self.value())
        return queryset.filter(talk=chosen) if chosen else queryset


class TalkOfMailFilter(TalkFilter):
    """Keeps the mails about a talk, whether their people are gone or not."""

    parameter_name = "talk"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        mails, chosen = cast(OutgoingMailQuerySet, queryset), primary_key(self.value())
        return mails.about_talk(chosen) if chosen else mails


class MailFilter(admin.SimpleListFilter):
    title = "Mail"
    parameter_name = "mail"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [("unzustellbar", str(OutgoingMail.State.FAILED.label))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        rows = cast(RegistrationQuerySet, queryset)
        return rows.undeliverable() if self.value() else rows


class PresenceFilter(admin.SimpleListFilter):
    """Keeps of whom just this is known; who was there and who used the way in are two things."""

    title = "Teilnahme"
    parameter_name = "teilnahme"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [(str(kind.value), str(kind.label)) for kind in Registration.Presence]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        rows, chosen = cast(RegistrationQuerySet, queryset), self.value()
        return rows.with_presence(chosen) if chosen and chosen in Registration.Presence else rows


class TownFilter(admin.SimpleListFilter):
    title = "Ort"
    parameter_name = "ort"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [("fehlt", "Ort fehlt")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        rows = cast(RegistrationQuerySet, queryset)
        return rows.lacking_town() if self.value() == "fehlt" else rows


def short_text(talk: Talk) -> str:
    """Return `29.10.25: Wärme für alle`; a long title ends with `…`."""
    day = date_format(timezone.localtime(talk.starts_at), "j.n.y")
    return f"{day}: {Truncator(talk.title).chars(SHORT)}"


def chosen_key(request: HttpRequest) -> int | None:
    """Return the primary key in the address by which the list is filtered; no query."""
    return primary_key(request.GET.get(TalkFilter.parameter_name))


def chosen_talk(request: HttpRequest) -> Talk | None:
    """Return the talk by which the list is filtered; None without one, or if it does not exist."""
    chosen = chosen_key(request)
    return Talk.objects.filter(pk=chosen).first() if chosen else None


def chosen_texts(listed: ChangeList | None) -> list[str]:
    """Return what the list is filtered by, in the words of the filters; the talk is its title."""
    if listed is None:  # another page answered
        return []
    return [
        str(choice["display"])
        for each in listed.filter_specs
        if not isinstance(each, TalkFilter)
        for choice in list(each.choices(listed))[1:]  # the first is "all"
        if choice["selected"]
    ]


def list_of_people(talk: Talk) -> str:
    """Return the address of the list of registrations, filtered by `talk`."""
    url = reverse("admin:registration_registration_changelist")
    return f"{url}?{TalkFilter.parameter_name}={talk.pk}"
