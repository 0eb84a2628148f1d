"""The chain is kept in the trail's own tables, whatever temporary ones its caller has made."""

from django.db import migrations

from zhenggai.audit.pinned import pinned


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]
    operations = [migrations.RunSQL(pinned("audit_chain()", "audit_refuse()"), migrations.RunSQL.noop)]
