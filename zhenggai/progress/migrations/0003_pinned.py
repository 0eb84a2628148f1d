"""A month's partition is made of the product's own table, whatever temporary ones the caller has made."""

from django.db import migrations

from zhenggai.audit.pinned import pinned


class Migration(migrations.Migration):
    dependencies = [("progress", "0002_partitions"), ("audit", "0003_pinned")]
    operations = [migrations.RunSQL(pinned("progress_month(date)", "report_kept()"), migrations.RunSQL.noop)]
