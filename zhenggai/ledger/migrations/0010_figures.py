from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_history")]
    operations = [
        migrations.AddIndex(
            "task",
            models.Index(
                fields=["place", "inspection", "state", "due"],
                include=["id", "number", "late_from", "early_until", "started", "increment"],
                name="task_for_figures",
            ),
        ),
        migrations.AddIndex(
            "duty",
            models.Index(condition=models.Q(("part", "lead")), fields=["raw", "task"], name="duty_leads"),
        ),
    ]
