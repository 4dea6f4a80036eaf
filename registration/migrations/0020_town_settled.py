from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0019_plural_of_erasures'),
    ]

    operations = [
        migrations.AddField(
            model_name='registration',
            name='town_settled',
            # The database knows the default too: the version before goes on writing meanwhile.
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(
                condition=models.Q(
                    ('anonymised_at', None), ('municipality', None), ('town_settled', False)
                ),
                fields=['organisation', 'state'],
                name='registration_lacks_town',
            ),
        ),
    ]
