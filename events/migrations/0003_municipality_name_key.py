from django.db import migrations, models

from events.migrations._frozen import name_key


def write_keys(apps, schema_editor):
    municipality = apps.get_model('events', 'Municipality')
    for town in municipality.objects.all():
        town.name_key = name_key(town.name)
        town.save(update_fields=['name_key'])


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_life_of_a_registration'),
    ]

    operations = [
        migrations.AddField(
            model_name='municipality',
            name='name_key',
            field=models.CharField(default='', editable=False, max_length=240),
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='municipality',
            index=models.Index(fields=['name_key'], name='municipality_name_key'),
        ),
    ]
