from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0017_all_talks"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="municipality",
            options={
                "ordering": ["name", "land"],
                "verbose_name": "Ort",
                "verbose_name_plural": "Orte",
            },
        ),
    ]
