from django.db import migrations

from registration.migrations._frozen import grant_roles


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0002_life_of_a_registration'),
        ('events', '0003_municipality_name_key'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]
