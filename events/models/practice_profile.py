"""The practice profile of a talk: what others can take over from a town's project."""

import re
from typing import NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models

from events.models.revision import RevisionedModel, RevisionedQuerySet
from events.text.fields import LinesField

MAX_TEXT = 2000

ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]+)@([\w.-]+\.\w+)")
# Where people have addresses of their own, without what follows the dot: `gmx.de`, `gmx.net`.
PEOPLES_PROVIDERS = frozenset(
    {"aol", "arcor", "freenet", "gmail", "gmx", "googlemail", "hotmail", "icloud", "live", "mail"}
    | {"mailbox", "me", "msn", "online", "outlook", "posteo", "proton", "protonmail", "t-online"}
    | {"web", "yahoo", "ymail"}
)
# Small towns have such addresses too: `gemeinde-musterdorf@t-online.de`.
OFFICE = re.compile(
    r"(^|[._+-])(gemeinde|stadt|rathaus|verwaltung|poststelle|info|kontakt|[^\W_]*amt([._+-]|$))",
    re.IGNORECASE,
)


def refuse_private_address(text: str) -> None:
    """Raise ValidationError if the text has an address as people have it at home."""
    for name, domain in ADDRESS.findall(text):
        if domain.lower().split(".")[-2] in PEOPLES_PROVIDERS and not OFFICE.search(name):
            raise ValidationError(
                f"{name}@{domain} sieht nach einer privaten Adresse aus. Bitte geben Sie die "
                "eines Amtes oder einer Stelle an: Sie steht öffentlich auf der Seite des Talks.",
                code="private_address",
            )


class OfficeField(LinesField):
    """Whom to ask: an office, never a person at home."""

    default_validators = [refuse_private_address]


class ProfilePart(NamedTuple):
    """One text of a profile as pages show it, and where links to it lead."""

    anchor: str
    heading: str
    text: str

    @property
    def is_contact(self) -> bool:
        """Whether it says whom to write to."""
        return self.anchor == PracticeProfile.ANCHORS["contact"]


class PracticeProfileQuerySet(RevisionedQuerySet["PracticeProfile"]):
    """Which profiles; what is said of one stands as a property on `PracticeProfile`."""

    def filled(self) -> Self:
        """Leave out profiles in which nothing stands; for one: `is_empty`."""
        return self.exclude(**dict.fromkeys(self.model.TEXTS, ""))


PracticeProfileManager = models.Manager.from_queryset(PracticeProfileQuerySet)


class PracticeProfile(RevisionedModel):
    """Six short texts about one project, each optional; a talk without any has no row."""

    talk = models.OneToOneField("events.Talk", models.CASCADE, related_name="profile")
    situation = LinesField("Ausgangslage", max_length=MAX_TEXT, blank=True)
    approach = LinesField("Vorgehen", max_length=MAX_TEXT, blank=True)
    participants = LinesField("Beteiligte", max_length=MAX_TEXT, blank=True)
    costs = LinesField("Kosten und Förderung", max_length=MAX_TEXT, blank=True)
    lessons = LinesField("Was andere daraus lernen können", max_length=MAX_TEXT, blank=True)
    contact = OfficeField(
        "Ansprechstelle",
        max_length=500,
        blank=True,
        help_text="Ein Amt oder eine Stelle mit E-Mail-Adresse, keine Person, etwa „Bauamt "
        "Musterstadt, bauamt@musterstadt.example“.",
    )

    TEXTS = ("situation", "approach", "participants", "costs", "lessons", "contact")
    SEARCHED = frozenset({"talk", "talk_id", *TEXTS})
    # They stand in addresses that people pass on.
    ANCHORS = {
        "situation": "praxis-ausgangslage",
        "approach": "praxis-vorgehen",
        "participants": "praxis-beteiligte",
        "costs": "praxis-kosten",
        "lessons": "praxis-lernen",
        "contact": "praxis-ansprechstelle",
    }

    objects = PracticeProfileManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    class Meta:
        verbose_name = "Praxisprofil"
        verbose_name_plural = "Praxisprofile"

    def __str__(self) -> str:
        return f"Praxisprofil: {self.talk}"

    @property
    def texts(self) -> dict[str, str]:
        """Return the six texts by their names."""
        return {name: getattr(self, name) for name in self.TEXTS}

    @property
    def parts(self) -> list[ProfilePart]:
        """Return what stands in it, in its order."""
        headings = {field.name: str(field.verbose_name) for field in self._meta.concrete_fields}
        return [
            ProfilePart(self.ANCHORS[name], headings[name], text)
            for name, text in self.texts.items()
            if text
        ]

    @property
    def is_empty(self) -> bool:
        return not any(self.texts.values())
