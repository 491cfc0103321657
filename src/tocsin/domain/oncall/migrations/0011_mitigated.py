from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oncall", "0010_shared_calls")]

    operations = [
        migrations.RemoveConstraint(model_name="ended", name="oncall_ended_once"),
        migrations.AlterField(
            model_name="ended",
            name="how",
            field=models.CharField(
                choices=[
                    ("resolved", "resolved"),
                    ("dismissed", "dismissed"),
                    ("merged", "merged"),
                    ("stood_down", "stood_down"),
                    ("mitigated", "mitigated"),
                    ("taken", "taken"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="ended",
            constraint=models.UniqueConstraint(
                condition=~models.Q(how__in=["taken", "mitigated"]), fields=["delivery_key"], name="oncall_ended_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ended",
            constraint=models.UniqueConstraint(
                condition=models.Q(how="mitigated"), fields=["delivery_key"], name="oncall_mitigated_once"
            ),
        ),
    ]
