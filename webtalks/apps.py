from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class WebtalksConfig(AppConfig):
    name = "webtalks"
    default = True

    def ready(self) -> None:
        from webtalks import checks  # noqa: F401  # registers them


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin with the site of webtalks/team/desk_site.py."""

    default = False
    default_site = "webtalks.team.desk_site.DeskSite"
