"""What the archive's search looks through: one text per talk, rewritten when a part of it changes.

The words are made comparable here and not in the database, so that PostgreSQL and SQLite find the
same. Both look for words that begin with the ones asked for (docs/decisions.md).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db.models import Lookup, QuerySet, TextField, prefetch_related_objects

from events.slugs import without_accents
from events.text import cleaning

if TYPE_CHECKING:
    from events.models.talk import Talk

WORD = re.compile(r"[^\W_]+")
# PostgreSQL refuses lexemes of more than 2 KB; nobody types a word of this length.
MAX_WORD = 60
MAX_ASKED = 8
ENDINGS = re.compile(r"(?<=....)(?:ern|en|em|er|es|e|n|s)$")


def words(text: str) -> list[str]:
    """Return the words of `text` in the form in which they are compared.

    `Größe`, `GRÖSSE`, `Groesse` and `grosse` are the same word, and what nobody can see, such as a
    soft hyphen, ends none. Each letter depends only on those
    before it: the beginning of a word stays a beginning.
    """
    plain = without_accents(cleaning.unjoined(text).casefold())
    return [re.sub("([aou])e", r"\1", word)[:MAX_WORD] for word in WORD.findall(plain.casefold())]


def asked_words(query: str) -> list[str]:
    """Return the beginnings to look for: without their endings, `Bürgerräte` finds `Bürgerrat`."""
    return list(dict.fromkeys(ENDINGS.sub("", word) for word in words(query)))[:MAX_ASKED]


def text_of(talk: "Talk", *, is_over: bool = True) -> str:
    """Return the text to store: every word once, each with a space before it.

    Before a talk `is_over` nobody reads its recap.
    """
    parts = [talk.title, talk.subtitle, talk.announcement, talk.recap if is_over else ""]
    if talk.municipality:
        parts += [talk.municipality.name, talk.municipality.land]
    for speaker in talk.speakers.all():
        parts += [speaker.name, speaker.role]
    parts += [topic.name for topic in talk.topics.all()]
    if talk.practice:
        parts += talk.practice.texts.values()
    return "".join(f" {word}" for word in dict.fromkeys(words(" ".join(parts))))


def tells(talk: "Talk", query: str) -> bool:
    """Whether a talk that `query` has found says the words in what people may read by now.

    A recap that waits for the end of its talk is looked through too, but must not be told.
    """
    if not (query and talk.recap and not talk.is_past):
        return True
    text = text_of(talk, is_over=False)
    return all(f" {word}" in text for word in asked_words(query))


def rewrite(pks: set[int]) -> None:
    """Write the search text of the talks `pks` anew, where it has changed.

    Their rows are locked before their parts are read: of two changes at once, the second must see
    what the first has written.
    """
    if not pks:
        return
    from events.models.talk import Talk  # it is made of models that are searched here

    talks = Talk.objects.lock(pks)
    prefetch_related_objects(talks, "municipality", "speakers", "topics", "profile")
    changed = []
    for talk in talks:
        if (text := text_of(talk)) != talk.search_text:
            talk.search_text = text
            talk.trust_counters()
            changed.append(talk)
    # Round our own QuerySet: the change that leads here has raised the revision.
    QuerySet[Talk](Talk).bulk_update(changed, ["search_text"], batch_size=200)


@contextmanager
def following(rows: QuerySet[Any], *, is_searched: bool = True) -> Iterator[None]:
    """Rewrite, after the write inside, the talks that the rows led to before it and lead to now.

    A speaker may move from one talk to another, or go. Without `is_searched` the write concerns
    no column that is searched, and nothing is rewritten. Call it inside a transaction.
    """
    if not (rows.model.SEARCHED and is_searched):
        yield
        return
    pks = set(rows.order_by().values_list("pk", flat=True))
    found = rows.model._base_manager.filter(pk__in=pks).values_list(rows.model.TO_TALK, flat=True)
    touched = set(found)
    yield
    rewrite((touched | set(found.all())) - {None})


@TextField.register_lookup
class Beginnings(Lookup):
    """`search_text__beginnings=[…]`: every asked word begins one of the text."""

    lookup_name = "beginnings"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        likes = " AND ".join([f"{column} LIKE %s"] * len(self.rhs))
        words_asked = tuple(f"% {word}%" for word in self.rhs)
        return f"({likes})", tuple(params) * len(self.rhs) + words_asked

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Ask the generated column that has the index (migration 0004)."""
        vector = f"{connection.ops.quote_name(self.lhs.alias)}.search_vector"
        return f"{vector} @@ %s::tsquery", (" & ".join(f"'{word}':*" for word in self.rhs),)
