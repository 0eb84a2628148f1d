"""What a release check finds, a line each, with what to do."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

# kind → (its name, what to do). What the re-made copy does not have any more is told, and needs no answer.
STANDS = {
    "id_number": ("身份证号码", "删去，或把中间各位改成*"),
    "bank_card": ("银行卡号", "删去"),
    "mobile": ("手机号码", "删去；要留电话的，写办公电话"),
    "landline": ("电话号码", "不是联系电话的，删去"),
    "email": ("电子邮箱", "删去；要留邮箱的，写办公邮箱"),
    "name": ("名单以外的姓名", "改为单位、职务或“某某”；确应公开的，先列入公开名单"),
    "no_text": ("没有文字可查", "这是扫描件或图片，逐页看过没有个人信息再发布"),
    "masked": ("涂盖的内容", "可能揭得开，请用处理过的原件重新生成PDF"),
}
REMOVED = {
    "metadata": ("文档属性", "公开副本里已去掉"),
    "exif": ("照片里的拍摄信息", "公开副本里已去掉"),
    "comments": ("批注", "公开副本里已去掉"),
    "tracked_changes": ("修订痕迹", "公开副本里已接受插入、去掉删除的字"),
    "hidden_text": ("隐藏文字", "公开副本里已去掉"),
    "hidden_sheet": ("隐藏工作表", "公开副本里已去掉"),
    "hidden_cells": ("隐藏的行列", "公开副本里已去掉"),
    "formulas": ("公式", "公开副本里只留数值"),
    "embedded": ("嵌入的文件或对象", "公开副本里已去掉"),
    "annotations": ("PDF批注", "公开副本里已去掉"),
    "macros": ("宏", "公开副本里已去掉"),
}


@dataclass(frozen=True)
class Finding:
    """`where`: the field or file, as people call it; `shown`: what was found, numbers masked; `around`: the words around it."""

    where: str
    kind: str
    shown: str
    around: str = ""

    @property
    def key(self) -> str:
        """Names this finding in a form, the same each time that the same thing is found."""
        return sha256("\x00".join((self.where, self.kind, self.shown, self.around)).encode()).hexdigest()[:16]

    @property
    def removed(self) -> bool:
        """Whether the public copy does not have it any more; otherwise somebody has to change it or say why it may stand."""
        return self.kind in REMOVED

    @property
    def label(self) -> str:
        return (REMOVED.get(self.kind) or STANDS[self.kind])[0]

    @property
    def advice(self) -> str:
        return (REMOVED.get(self.kind) or STANDS[self.kind])[1]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
