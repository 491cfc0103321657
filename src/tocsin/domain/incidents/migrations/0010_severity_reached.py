from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_narrow_lists")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="severity_reached",
            field=models.JSONField(default=dict),
        ),
    ]
