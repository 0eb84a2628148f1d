"""Which tasks have become different since they were accepted: the comparison of content.py in one statement for all of them, so
that a queue can be made of it. What differs, in words, is then worked out for those alone (seen.hold_changes)."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.closure.models import Verdict
from zhenggai.ledger.models import Task

# As manifest() has it, key by key (a target as Target.words has it): what was not looked at then is not compared.
CHANGED = """
SELECT t.id FROM ledger_task t
JOIN closure_application a ON a.task_id = t.id AND a.outcome IN ('open', 'passed')
CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT l.manifest FROM closure_look l WHERE l.application_id = a.id ORDER BY l.id DESC LIMIT 1),
    (SELECT v.manifest FROM closure_verdict v WHERE v.application_id = a.id AND v.result <> ''
        ORDER BY v.position DESC LIMIT 1),
    a.manifest) AS m) AS seen
WHERE t.state IN ('reviewed', 'in_notice', 'struck_off') AND (
    (seen.m ? '反馈问题' AND seen.m ->> '反馈问题' IS DISTINCT FROM t.issue)
    OR (seen.m ? '整改目标' AND seen.m ->> '整改目标' IS DISTINCT FROM t.goal)
    OR (seen.m ? '整改完成情况' AND seen.m ->> '整改完成情况' IS DISTINCT FROM t.result)
    OR (seen.m ? '完成时限' AND seen.m ->> '完成时限' IS DISTINCT FROM t.due::text)
    OR (seen.m ? '整改措施' AND seen.m -> '整改措施' IS DISTINCT FROM (
        SELECT coalesce(jsonb_agg(jsonb_build_array(m.no, m.text, m.progress, m.done_on::text) ORDER BY m.no), '[]')
        FROM ledger_measure m WHERE m.task_id = t.id))
    OR (seen.m ? '量化目标' AND seen.m -> '量化目标' IS DISTINCT FROM (
        SELECT coalesce(jsonb_agg(jsonb_build_array(
            g.what || CASE g.comparator WHEN 'ge' THEN '不低于' ELSE '不高于' END || trim_scale(g.goal) || g.unit
                || '（基数' || trim_scale(g.baseline) || g.unit || '）',
            trim_scale(g.value) || g.unit) ORDER BY g.no), '[]')
        FROM ledger_target g WHERE g.task_id = t.id))
    OR (seen.m ? '佐证' AND seen.m -> '佐证' IS DISTINCT FROM (
        SELECT coalesce(jsonb_agg(jsonb_build_array(f.name, f.sha256) ORDER BY f.name COLLATE "C", f.sha256), '[]') FROM (
            SELECT rf.name, s.sha256 FROM progress_report r
            JOIN progress_reportfile rf ON rf.report_id = r.id AND rf.month = r.month
            JOIN documents_storedfile s ON s.id = rf.stored_id
            WHERE r.task_id = t.id AND r.state = 'accepted'
            UNION
            SELECT af.name, s.sha256 FROM closure_application b
            JOIN closure_applicationfile af ON af.application_id = b.id JOIN documents_storedfile s ON s.id = af.stored_id
            WHERE b.task_id = t.id
        ) AS f))
)
"""


def changed_among(tasks: Collection[int]) -> set[int]:
    """Those of the tasks (ids) that have become different, in one statement."""
    if not tasks:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"{CHANGED} AND t.id = ANY(%s)", [list(tasks)])
        return {number for (number,) in cursor.fetchall()}


def tasks_to_look_at(person: Person) -> QuerySet[Task]:
    """What was accepted last by a unit that the person speaks for and has become different since (seen.can_look, but for
    who rectifies)."""
    units = Q(decider="office", unit__in=[unit.pk for unit in person.units_as(Role.COORDINATION)])
    units |= Q(decider="industry", unit__in=[unit.pk for unit in person.units_as(Role.LIAISON)])
    levels = Verdict.objects.filter(application__outcome="passed", kind="acceptance", result="pass")
    later = levels.filter(application=OuterRef("application"), position__gt=OuterRef("position"))
    last = levels.filter(units, ~Exists(later), application__task=OuterRef("pk")).exclude(applicant=person)
    return Task.objects.filter(Exists(last), pk__in=RawSQL(CHANGED, []))  # noqa: S611  nothing given goes into it
