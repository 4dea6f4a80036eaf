"""The series, its talks and what a talk is made of."""

from events.models.former_slug import FormerSlug
from events.models.funder_report import FunderReport, OwnGoal
from events.models.material import Material
from events.models.municipality import Municipality
from events.models.practice_profile import PracticeProfile
from events.models.revision import Revision
from events.models.series import Series
from events.models.speaker import Speaker
from events.models.talk import Talk
from events.models.topic import TalkTopic, Topic

__all__ = [
    "FormerSlug",
    "FunderReport",
    "Material",
    "Municipality",
    "OwnGoal",
    "PracticeProfile",
    "Revision",
    "Series",
    "Speaker",
    "Talk",
    "TalkTopic",
    "Topic",
]
