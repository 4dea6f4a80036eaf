from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0011_former_slugs"),
    ]

    operations = [
        migrations.AddField(
            model_name="talk",
            name="announcement_held",
            # The database knows the default too: the version before goes on writing meanwhile.
            field=models.BooleanField(default=False, db_default=False, editable=False),
        ),
    ]
