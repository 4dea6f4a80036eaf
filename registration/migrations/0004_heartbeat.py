from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0003_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(verbose_name='Zuletzt gesehen')),
            ],
            options={
                'verbose_name': 'Lebenszeichen',
                'verbose_name_plural': 'Lebenszeichen',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='heartbeat_is_one_row')],
            },
        ),
    ]
