"""What a row of the audit trail holds, in words: fields under the names that people know, choices by their labels."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from zhenggai.ledger.states import STATE_WORDS, State

# What stands on the trail under a name that is no field of the thing.
NAMES = {
    "active": "启用", "addressee": "主送", "agenda": "议程", "alias": "别名", "application": "销号申请", "blocks": "段落",
    "bodies": "机构", "changed": "有改动的", "count": "数量", "counts": "数字", "days": "天数", "done_on": "完成日期", "decided": "议定事项",
    "digest": "摘要", "due": "时限", "ends_on": "截止日期", "fields": "字段", "figures_on": "数据截至", "file": "文件",
    "files": "文件", "form": "形式", "from": "生效日期", "headline": "问题概要", "increment": "存量/增量", "kind": "种类",
    "left": "没有载入的", "level": "层级", "loaded": "载入的", "measures": "措施", "meeting": "会议", "members": "组成",
    "milestones": "节点", "minutes": "纪要", "name": "名称", "no": "序号", "note": "说明", "notice": "公示", "number": "编号", "on": "日期", "owed": "应报",
    "owner": "谁", "paper": "文件摘要", "person": "人员", "place": "区划", "plan": "方案", "presence": "到会", "progress": "进展", "public": "公开",
    "query": "条件", "reason": "理由", "reference": "文号", "role": "角色", "rows": "行数", "rulebook": "制度", "rules": "条目",
    "sent_to": "报送", "serial": "序号", "sha256": "文件摘要", "source": "来源", "speakers": "表态发言", "starts_on": "起算日期",
    "state": "状态", "target": "指标", "task": "任务", "tasks": "任务", "text": "内容", "title": "标题", "unit": "单位",
    "units": "单位", "upper": "上级任务", "value": "数值", "version": "版本", "what": "内容", "where": "地点", "year": "年度",
}  # fmt: skip


def in_words(target_type: str, data: dict[str, Any] | None) -> str:
    """A line a field of `data`, which a row about a thing of `target_type` (app.model) keeps.

    >>> in_words("ledger.task", {"state": "in_notice", "then_long_term": True, "due": None})
    '环节：公示中\\n完成后长期坚持：是\\n完成时限：无'
    """
    return "\n".join(
        f"{_name(target_type, key)}：{_value(target_type, key, value)}" for key, value in (data or {}).items()
    )


def _name(target_type: str, key: str) -> str:
    field = _field(target_type, key)
    name = str(field.verbose_name) if field else ""
    return NAMES.get(key, key) if name.isascii() else name  # a field without a name of its own has an English one


def _value(target_type: str, key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{NAMES.get(name, name)} {_value('', name, inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "、".join(_value("", "", inner) for inner in value)
    if target_type == "ledger.task" and key == "state":
        return str(STATE_WORDS.get(State(value), value)) if value in list(State) else str(value)
    field = _field(target_type, key)
    return str(dict(field.flatchoices).get(value, value)) if field else str(value)


def _field(target_type: str, key: str) -> "Field[Any, Any] | None":
    try:
        field = apps.get_model(target_type)._meta.get_field(key)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return field if isinstance(field, Field) else None
