"""What talks choose from: the register of towns, and the topics."""

from django.contrib import admin

from events.desk.takes_anything import TakesAnything
from events.models import Municipality, Topic


@admin.register(Municipality)
class MunicipalityAdmin(TakesAnything):
    # Thousands of rows that talks and people refer to: one at a time is enough.
    actions = None
    list_display = ["name", "land", "population"]
    # Only the Länder that have towns here.
    list_filter = [("land", admin.AllValuesFieldListFilter)]
    search_fields = ["name", "name_key", "land"]


@admin.register(Topic)
class TopicAdmin(TakesAnything):
    list_display = ["name", "slug"]
    search_fields = ["name"]
