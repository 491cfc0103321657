from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oncall", "0009_taken")]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="shared",
            field=models.JSONField(default=list),
        ),
    ]
