"""Uploads on their way in: never more than the limit on disk or in memory, and never trusted by name."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

from zhenggai.documents.kinds import OLE, ZIP, FileKind, ending_of, kind_of


class LimitedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes an upload to a temporary file. Of one that is larger than anything we take nothing is kept but its size, by
    which check_upload refuses it; of what goes beyond the limit of one form nothing, and the form is refused once it has
    come in; of files that come without a login nothing at all: no public form has any."""

    total = 0  # bytes of all files of the form

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        assert self.request is not None
        if not self.request.user.is_authenticated:
            raise SkipFile
        super().new_file(*args, **kwargs)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen, self.total = self.seen + len(raw_data), self.total + len(raw_data)
        if self.seen > settings.PLAN_FILE_LIMIT or self.total > settings.FORM_FILES_LIMIT:
            self.file.truncate(0)
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:  # a full disk: what was written goes at once
            self.file.close()
            raise

    def upload_complete(self) -> None:
        if self.total > settings.FORM_FILES_LIMIT:
            raise RequestDataTooBig(f"{self.total} bytes of files in one form")


def clean_name(name: str) -> str:
    """An uploaded file's name without path, control characters or length; shown and stored, never used as a path.

    >>> clean_name("../../etc/方案\\u202e.docx")
    '方案.docx'
    """
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(character for character in last if character.isprintable())
    return kept.strip(" .")[-150:] or "未命名"


def check_upload(upload: UploadedFile[Any], *, limit: int, kinds: tuple[FileKind, ...]) -> FileKind:
    """The kind of an upload that may come in.

    Raises ValidationError, with what to do, when it is empty, too large (`limit` bytes), of a kind that is not taken,
    or named as something that it is not.
    """
    name, size = clean_name(upload.name or ""), upload.size or 0
    if size == 0:
        raise ValidationError(f"“{name}”是空文件，没有收下。请检查原件后重新选择。")
    if size > limit:
        raise ValidationError(
            f"“{name}”有{size / 1048576:.0f}兆字节，超过上限{limit // 1048576}兆字节。请压缩图片或拆成几份后再传。"
        )
    upload.seek(0)
    kind = kind_of(upload.read(512))
    upload.seek(0)
    taken = "、".join(ending for known in kinds for ending in known.endings)
    if kind is None or kind not in kinds:
        raise ValidationError(f"“{name}”不是能收的文件。可以上传：{taken}。")
    if ending_of(name) not in {ending for known in kinds for ending in known.endings}:
        raise ValidationError(f"“{name}”的后缀不在可收之列（{taken}）。如果后缀写错了，请改名后再传。")
    if kind is OLE and ending_of(name) in ZIP.endings:
        raise ValidationError(
            f"“{name}”加了密码，或者是旧格式改了后缀，无法打开。请去掉密码，另存为.docx或.xlsx后再传。"
        )
    if ending_of(name) not in kind.endings and not _harmless_misnaming(kind, name):
        raise ValidationError(f"“{name}”的内容是{kind.words}，与后缀不符。请用原来的软件另存后再传。")
    return kind


def _harmless_misnaming(kind: FileKind, name: str) -> bool:
    """Offices often name HTML or docx files .doc: the readers tell them apart by content."""
    return ending_of(name) in {"doc", "wps"} and kind.name in {"zip", "text"}
