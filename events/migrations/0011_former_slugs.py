import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0010_laender"),
    ]

    operations = [
        migrations.AlterField(
            model_name="talk",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="Letzter Teil der Internetadresse. Leer lassen: entsteht aus dem Titel. "
                "Eine frühere Adresse führt weiter hierher.",
                max_length=80,
                unique=True,
                verbose_name="Adresse",
            ),
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(max_length=80, unique=True, verbose_name="Frühere Adresse"),
                ),
                (
                    "talk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="former_slugs",
                        to="events.talk",
                        verbose_name="Talk",
                    ),
                ),
            ],
            options={
                "verbose_name": "Frühere Adresse",
                "verbose_name_plural": "Frühere Adressen",
            },
        ),
    ]
