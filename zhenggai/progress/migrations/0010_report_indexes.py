"""What waits for a decision, and what was corrected, are few among millions of reports."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("progress", "0009_evidence_kept")]
    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("state", "submitted")), fields=["due_on", "id"], name="report_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("correction", ""), _negated=True), fields=["month"], name="report_correction"
            ),
        ),
    ]
