"""Groups of DingTalk, WeCom and Feishu: what they are told of a place, and telling it. What fails is written down and
shown; nothing waits for it."""

from __future__ import annotations

import logging
import re
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Unit, UnitClosure
from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.ledger.models import Task
from zhenggai.progress.models import Owed
from zhenggai.progress.rounds import month_of
from zhenggai.publicity.models import Notice
from zhenggai.reminders.models import Channel, ChannelPost, Sent

logger = logging.getLogger(__name__)

SECONDS = 4.0  # to connect, and again to be answered
ENDS_WITHIN = 3  # days in which a notice that ends is told
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,128}")
WRONG = "{kind}的地址不对。到群设置里的机器人页面，把整条Webhook地址复制过来。"


@dataclass(frozen=True)
class Figures:
    """What a group hears of its place: units that owe a report of this month and are late with it, tasks past their
    limit, notices that end within some days."""

    owing: int
    late: int
    overdue: int
    ending: int

    @property
    def is_quiet(self) -> bool:
        return not (self.owing or self.overdue or self.ending)


def figures_of(place: Unit, today: date) -> Figures:
    """The figures of a place and what stands below it, in three statements."""
    tasks = Task.objects.under([place.pk])
    owed = Owed.objects.filter(month=month_of(today), state=Owed.State.OWED, task__in=tasks)
    below = UnitClosure.objects.filter(ancestor=place).values("descendant")
    notices = Notice.objects.running(today).filter(place__in=below, ends_on__lte=today + timedelta(days=ENDS_WITHIN))
    units = dict(owed.order_by().values_list("unit", "due_on"))
    return Figures(
        len(units), sum(due < today for due in units.values()), tasks.by_schedule(today).get("O", 0), notices.count()
    )


def words_of(place: Unit, figures: Figures, today: date) -> tuple[str, str]:
    """The message's title and body: counts alone, no task and no person."""
    lines = []
    if figures.owing:
        late = f"，其中{figures.late}个已过报送截止" if figures.late else ""
        lines.append(f"{today.month}月报告还有{figures.owing}个单位未报{late}")
    if figures.overdue:
        lines.append(f"{figures.overdue}项任务已逾期")
    if figures.ending:
        lines.append(f"{figures.ending}件公示{ENDS_WITHIN}天内到期")
    lines.append(f"{settings.BASE_URL}/work/")
    return f"{place}整改 {today.month}月{today.day}日", "\n".join(lines)


def address_of(kind: str, given: str, secret: str = "") -> str:
    """The address that apprise takes, from the Webhook address (or its token) that a group's page shows. Its host is always
    that of the service: what stands in a form cannot lead the server to another. Raises Refused."""
    given = given.strip()
    if kind == Channel.Kind.OTHER:
        if urlsplit(given).scheme.lower() not in settings.CHANNEL_SCHEMES:
            raise Refused("这种地址没有开放；请系统管理员在ZHENGGAI_CHANNEL_SCHEMES里写明可用的协议")
        if re.search(r"[\s,]", given):  # apprise would take what follows for a second address
            raise Refused("一个群写一条地址，里面不能有空格和逗号")
        return given
    parts = urlsplit(given)
    asked = parse_qs(parts.query)
    found = {
        Channel.Kind.DINGTALK: asked.get("access_token", [""])[0],
        Channel.Kind.WECOM: asked.get("key", [""])[0],
        Channel.Kind.FEISHU: parts.path.rstrip("/").rsplit("/", 1)[-1] if parts.scheme else "",
    }[Channel.Kind(kind)]
    token = found if parts.scheme else given
    if not TOKEN.fullmatch(token):
        raise Refused(WRONG.format(kind=Channel.Kind(kind).label))
    if kind == Channel.Kind.DINGTALK:
        return f"dingtalk://{quote(secret.strip(), safe='')}@{token}/" if secret.strip() else f"dingtalk://{token}/"
    return f"{'wecombot' if kind == Channel.Kind.WECOM else 'feishu'}://{token}/"


def tell(address: str, title: str, body: str) -> str:
    """Send one message; empty when it arrived, else why not, without the address."""
    import apprise

    asset = apprise.AppriseAsset(app_id="zhenggai", async_mode=False, secure_logging=True)  # a header: ASCII
    group = apprise.Apprise(asset=asset)
    timed = f"{address}{'&' if '?' in address else '?'}cto={SECONDS}&rto={SECONDS}"
    if not group.add(timed):
        return "地址解读不了，请重新设置"
    with apprise.LogCapture(level=logging.WARNING) as captured:  # type: ignore[no-untyped-call]
        if group.notify(title=title, body=body):
            return ""
        return (_first(captured.getvalue()) or "对方没有收下")[:300]


def _first(log: str) -> str:
    """The first line of a log without its date: what went wrong, in apprise's words."""
    line = log.strip().splitlines()[0] if log.strip() else ""
    return re.sub(r"^\S+ \S+ - \w+ - ", "", line)


def post_digests() -> tuple[int, int]:
    """Tell every group of its place, on working days, once a day, when there is something to tell; how many messages
    arrived, and how many did not."""
    today = clock.today()
    if not workdays.is_workday(today):
        return 0, 0
    arrived = failed = 0
    rows = Channel.objects.filter(is_on=True).exclude(posts__day=today)
    for channel in rows.select_related("place").order_by("pk").iterator(chunk_size=200):
        figures = figures_of(channel.place, today)
        if figures.is_quiet:
            continue
        post, made = ChannelPost.objects.get_or_create(
            channel=channel, day=today, defaults={"figures": asdict(figures)}
        )
        if not made:
            continue
        error = tell(channel.address, *words_of(channel.place, figures, today))
        if error:
            logger.warning("channel %s was not reached: %s", channel.pk, error)
        arrived, failed = arrived + (not error), failed + bool(error)
        state = Sent.FAILED if error else Sent.SENT
        ChannelPost.objects.filter(pk=post.pk).update(state=state, error=error, at=clock.now())
    return arrived, failed
