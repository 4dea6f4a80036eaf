"""What a change of a talk entails: calendars and people are told, a replaced picture goes.

A new date ends the wait of a postponed talk: it is published again.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events.uploads import images


class Changeable:
    """Part of a talk: compares what is saved with what the database held."""

    # Written by others meanwhile, registration's verbs above all; `save` leaves them alone.
    COUNTERS = frozenset(
        {"seats_taken", "waiting_count", "calendar_sequence", "announced_at", "search_text"}
    )
    # Written together with the change that they note, and never else.
    NOTED = frozenset({"change_no", "dates_changed_at", "status_changed_at"})
    WATCHED = frozenset({"title", "starts_at", "ends_at", "status", "image"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._loaded = {}

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        talk = super().from_db(db, field_names, values, **kwargs)
        talk._loaded = dict(zip(field_names, values, strict=False))
        return talk

    def save(self, *, update_fields=None, **kwargs):
        saved = self.WATCHED if update_fields is None else update_fields
        written = self.WATCHED.intersection(saved)
        changed = {field for field in written if self._has_changed(field)}
        if self._gets_its_date(changed):
            self.status = self.Status.PUBLISHED
            written, changed = written | {"status"}, changed | {"status"}
        replaced = self._loaded["image"] if "image" in changed else ""
        also = self._note(changed)
        if update_fields is None and not self._state.adding:
            update_fields = self._columns_of_a_form()
        if update_fields is not None:
            update_fields = also.union(update_fields)
        super().save(update_fields=update_fields, **kwargs)
        # A picture gets its name while it is saved.
        self._loaded |= {field: getattr(self, field) for field in written - {"image"}}
        if "image" in written:
            self._loaded["image"] = self.image.name
        if replaced:
            transaction.on_commit(lambda: images.remove(replaced))

    def _has_changed(self, field) -> bool:
        return field in self._loaded and self._loaded[field] != getattr(self, field)

    def _gets_its_date(self, changed: set) -> bool:
        """Whether it waited for a new date, still does, and the beginning is the new one."""
        is_open = self._loaded.get("status") == self.status == self.Status.POSTPONED
        return is_open and "starts_at" in changed

    def _note(self, changed: set) -> set:
        """Count the change, keep the time before it; return the names of the fields written."""
        also = set()
        if changed - {"image"}:
            # In SQL, because a cancellation may raise it meanwhile.
            self.calendar_sequence = F("calendar_sequence") + 1
            self.change_no = F("change_no") + 1
            also |= {"calendar_sequence", "change_no"}
        if "status" in changed:
            self.status_changed_at = timezone.now()
            also |= {"status", "status_changed_at"}
        if changed & {"starts_at", "ends_at"}:
            self.dates_changed_at = timezone.now()
            also.add("dates_changed_at")
        if "starts_at" in changed and self._loaded.get("status") != self.Status.DRAFT:
            self.previous_starts_at = self._loaded["starts_at"]
            also.add("previous_starts_at")
        return also

    def _columns_of_a_form(self) -> set:
        """Return what may be written by who read the talk long ago: no count, no moment."""
        columns = {field.name for field in self._meta.concrete_fields}
        return columns - self.COUNTERS - self.NOTED - {"id"}

    @property
    def was_moved_lately(self) -> bool:
        """Whether its date was changed within the last RETENTION_DAYS."""
        since = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
        return self.dates_changed_at is not None and self.dates_changed_at >= since
