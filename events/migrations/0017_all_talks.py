from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0016_demo_dates"),
    ]

    operations = [
        # The few postponed talks are looked for with what is coming.
        migrations.AddIndex(
            model_name="talk",
            index=models.Index(
                condition=models.Q(("status", "postponed")),
                fields=["status"],
                name="talk_postponed",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="licence",
            # The database knows the default too: the version before goes on writing meanwhile.
            field=models.CharField(
                "Lizenz der Texte",
                blank=True,
                default="",
                db_default="",
                help_text="Unter welcher Lizenz andere die Texte weiterverwenden dürfen, etwa "
                "„CC BY 4.0“. Leer lassen: nur nach Rücksprache.",
                max_length=200,
            ),
        ),
    ]
