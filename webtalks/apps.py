from django.apps import AppConfig


class WebtalksConfig(AppConfig):
    name = "webtalks"

    def ready(self) -> None:
        from webtalks import checks  # noqa: F401  # registers them
