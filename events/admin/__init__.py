"""The organisers' pages: the series, its talks, and what talks choose from."""

from django.contrib import admin

from events.admin import registers, series
from events.admin.talks import TalkAdmin

__all__ = ["TalkAdmin", "registers", "series"]

admin.site.site_header = admin.site.site_title = "Kleinstadt Web-Talks"
admin.site.index_title = "Verwaltung"
admin.site.site_url = "/"
