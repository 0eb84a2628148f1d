"""The letters and messages of the day, as part of the daily work (pages/each_day.py)."""

from zhenggai.pages.each_day import each_day
from zhenggai.reminders.channels import post_digests
from zhenggai.reminders.sending import is_set_up, send_digests


@each_day
def letters() -> str:
    if not is_set_up():
        return ""
    run = send_digests()
    return f"发信{run.sent}封，没有发成{run.failed}封{'' if run.finished else '，没有发完，下次接着发'}"


@each_day
def messages() -> str:
    arrived, failed = post_digests()
    return f"群通知{arrived}条，没有发成{failed}条" if arrived or failed else ""
