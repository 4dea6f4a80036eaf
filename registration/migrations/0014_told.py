from django.db import migrations, models

STATUS = [
    ("draft", "Entwurf"),
    ("published", "Veröffentlicht"),
    ("cancelled", "Abgesagt"),
    ("postponed", "Verschoben, neuer Termin offen"),
]
STATES_THE_TALK = ["signed_up", "already", "promoted", "talk_changed", "handed_over", "links"]


def remember(apps, schema_editor):
    """Note what people were surely told: by a mail that is younger than their talk's last change.

    Of all others nobody knows what they were told; for coming talks the desk asks to tell them.
    """
    alias = schema_editor.connection.alias
    Talk = apps.get_model("events", "Talk")
    Registration = apps.get_model("registration", "Registration")
    OutgoingMail = apps.get_model("registration", "OutgoingMail")
    sent = OutgoingMail.objects.using(alias).filter(state="sent", kind__in=STATES_THE_TALK)
    for talk in Talk.objects.using(alias).defer("search_text"):
        said = sent.filter(registrations__talk=talk)
        if talk.change_no:
            told = said.filter(dedupe_key__endswith=f":change-{talk.change_no}")
            said = told | said.filter(sent_at__gte=talk.updated_at)
        Registration.objects.using(alias).filter(
            talk=talk, anonymised_at=None, pk__in=said.values("registrations")
        ).update(
            told_starts_at=talk.starts_at,
            told_ends_at=talk.ends_at,
            told_status=talk.status,
            told_title=talk.title,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0010_laender"),
        ("registration", "0013_origin"),
    ]

    operations = [
        *(
            migrations.AddField("registration", name, field)
            for name, field in {
                "told_starts_at": models.DateTimeField(null=True, editable=False),
                "told_ends_at": models.DateTimeField(null=True, editable=False),
                "told_status": models.CharField(
                    max_length=10, choices=STATUS, null=True, editable=False
                ),
                "told_title": models.CharField(max_length=200, null=True, editable=False),
            }.items()
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
