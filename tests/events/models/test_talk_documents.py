"""What there is of a talk to read and to watch once it is over."""

from datetime import timedelta

import pytest

from events.models import Material, Talk
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({}, ""),
        ({"recap": "So war es."}, "Rückblick"),
        ({"written_answers": "Ja."}, "Schriftliche Antworten"),
        (
            {"recap": "So war es.", "written_answers": "Ja."},
            "Rückblick und schriftliche Antworten",
        ),
    ],
)
def test_page_of_a_talk_that_is_over_tells_of_it(columns, text):
    over, ahead = make_talk(starts_in=-timedelta(days=1), **columns), make_talk(**columns)

    assert (over.told_afterwards_text, ahead.told_afterwards_text) == (text, "")
    assert over.has_documents is bool(columns)


def test_material_is_a_document_and_costs_no_query_where_it_was_fetched(
    django_assert_num_queries,
):
    talk = make_talk()
    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/")
    talks = [Talk.objects.with_marks().get(), Talk.objects.prefetch_related("materials").get()]

    with django_assert_num_queries(0):
        assert [talk.has_documents for talk in talks] == [True, True]
