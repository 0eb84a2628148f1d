"""Visits, demands and help stand in a person's queue exactly when their step is open to that person."""

from datetime import date, timedelta

from tests.matrix_visits import visited
from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.pages.queues import todos_of
from zhenggai.supervision.actions.findings import Demand, Seen, put_down
from zhenggai.supervision.actions.help import NewStep, arrange, ask_help, report_step
from zhenggai.supervision.actions.minutes import report_done
from zhenggai.supervision.models import DecidedItem, HelpPlan, HelpStep, Visit
from zhenggai.supervision.permissions import (
    can_arrange_help,
    can_change_visit,
    can_end_help,
    can_report_done,
    can_report_step,
    can_settle,
)

DAY = date(2024, 12, 2)


def test_visits_and_demands_wait_exactly_for_those_who_may_act(world: World) -> None:
    world.person("city_liaison", "liaison", world.city_gov)
    with clock.pretend(at(DAY)):
        visited(world, DAY)
        quiet = Visit.objects.get(title="没有通知的")
        put_down(quiet, quiet.tasks.get().task, Seen("rebound", "现场又有污水溢出，泵站没开", DAY), by=world.office,
                 demand=Demand("恢复泵站", world.water, DAY))  # fmt: skip
        report_done(DecidedItem.objects.get(unit=world.water), by=world.water_liaison, note="泵站已经恢复", done_on=DAY)
        for person in map(world.fresh, world.people.values()):
            for visit in Visit.objects.select_related("body__place"):
                waits = Visit.objects.waiting_for(person, DAY).filter(pk=visit.pk).exists()
                assert waits == bool(can_change_visit(visit, person)), person
            for item in DecidedItem.objects.select_related("finding__visit__body__place", "unit"):
                waits = DecidedItem.objects.waiting_for(person).filter(pk=item.pk).exists()
                assert waits == bool(can_report_done(item, person) or can_settle(item, person)), (person, item)
        titles = {name: {todo.title for todo in todos_of(world.fresh(who))} for name, who in world.people.items()}
        assert "登记督查情况：没有通知的" in titles["office"] & titles["supervision"]
        assert "办督查督办事项：封堵到位" in titles["south_liaison"]
        assert "核实督查督办事项：恢复泵站" in titles["office"] & titles["supervision"]


def test_help_waits_exactly_for_those_who_may_act(world: World) -> None:
    world.person("city_liaison", "liaison", world.city_gov)
    later, end = DAY + timedelta(days=3), DAY + timedelta(days=20)
    with clock.pretend(at(DAY)):
        for number in range(3):
            ask_help(world.task(), by=world.south_liaison, kind="money", difficulty=f"第{number}项资金缺口没有落实")
        _, going, done = HelpPlan.objects.order_by("pk")
        for plan in (going, done):
            arrange(plan, by=world.office, answer="市级补助", unit=world.water, helper="副局长", until=end,
                    steps=[NewStep("落实资金", world.water, later)])  # fmt: skip
        report_step(done.steps.get(), by=world.water_liaison, result="已下达", done_on=DAY)
        for person in map(world.fresh, world.people.values()):
            for plan in HelpPlan.objects.select_related("task__place"):
                left = plan.steps.filter(done_on__isnull=True).exists()
                may = can_arrange_help(plan, person) or (can_end_help(plan, person) and not left)
                assert HelpPlan.objects.waiting_for(person, DAY).filter(pk=plan.pk).exists() == bool(may), person
            for step in HelpStep.objects.select_related("plan__task__place", "unit"):
                waits = HelpStep.objects.waiting_for(person, DAY).filter(pk=step.pk).exists()
                office = person in (world.office, world.acceptor, world.south_acceptor)  # may say it, need not
                assert waits == bool(can_report_step(step, person) and not office), person
        titles = {name: {todo.title for todo in todos_of(world.fresh(who))} for name, who in world.people.items()}
        assert "安排帮扶：第0项资金缺口没有落实" in titles["office"] & titles["south_acceptor"]
        assert "结束帮扶：第2项资金缺口没有落实" in titles["office"]
        assert "办帮扶措施：落实资金" in titles["water_liaison"] & titles["city_liaison"]
