from django.apps import AppConfig


class WebtalksConfig(AppConfig):
    name = "webtalks"

    def ready(self):
        from webtalks import checks  # noqa: F401
