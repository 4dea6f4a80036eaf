"""Django's admin as this site has it: its log-in, and pages beside those of the models."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver

from registration.desk import handbook_links
from webtalks.login.log_in import LogInForm


class DeskSite(AdminSite):
    """The admin; webtalks/apps.py makes it the default one."""

    login_form = LogInForm

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Let each page lead to what the handbook tells of it."""
        return super().each_context(request) | {"in_handbook": handbook_links.link_for(request)}

    def get_urls(self) -> list[URLResolver | URLPattern]:
        # They import the models' admin, which needs this class.
        from registration.desk import handbook, way_in
        from registration.desk.admin_page import admin_urls
        from webtalks.team import pages, profile

        urls = [*pages.URLS, *profile.URLS, *handbook.URLS, *way_in.URLS]
        return [*admin_urls(urls), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Call Django's pages of the accounts what they are: the page "Team" is for everyday.

        They stand at the end.
        """
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "auth":
                app["name"] = "Konten (technisch)"
        return sorted(apps, key=lambda app: app["app_label"] == "auth")
