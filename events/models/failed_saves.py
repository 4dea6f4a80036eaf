"""What is left of uploads that no form was saved with; the worker removes it once a day."""

from events.models.material import remove_unused
from events.models.talk import Talk
from events.uploads import images, kept


def remove_leftovers() -> None:
    """Remove kept uploads that are too old, and what failed saves have stored of them.

    A crash between a commit and the removal of what it used looks the same as a failed save:
    so what a row names stays.
    """
    for folder in kept.expired():
        names = kept.noted(folder)
        for name in names:
            if not Talk.objects.filter(image=name).exists():
                images.remove(name)
        remove_unused([name for name in names if name.endswith(".pdf")])
        kept.remove(folder)
