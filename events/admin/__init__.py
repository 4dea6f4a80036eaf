"""The organisers' pages: the series, its talks, and what talks choose from."""

from django.contrib import admin
from django.contrib.admin.templatetags import admin_list

from events.admin import registers, series
from events.admin.talks import TalkAdmin
from events.desk.lists import yes_no_icon

__all__ = ["TalkAdmin", "registers", "series"]

admin.site.site_header = admin.site.site_title = "Kleinstadt Web-Talks"
admin.site.index_title = "Verwaltung"
admin.site.site_url = "/"
admin.site.empty_value_display = "–"
# Its own calls the pictures "True" and "False", and offers no other way to change that.
admin_list._boolean_icon = yes_no_icon  # type: ignore[attr-defined]
