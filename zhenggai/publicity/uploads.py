"""Files that come without a login, with an objection: few, small, and only at the address that asks for them."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.errors import Unreadable
from zhenggai.documents.forms import EvidenceField, Upload

MOST_FILES = 3
# Of the whole form, before anything of it is read.
MOST_BYTES = MOST_FILES * settings.EVIDENCE_FILE_LIMIT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class PublicUploadHandler(TemporaryFileUploadHandler):
    """Writes at most MOST_FILES files, each up to the limit, to temporary files; of what is larger or more it keeps nothing
    but the size, by which the form refuses it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = self.seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.count += 1
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen += len(raw_data)
        if self.seen > settings.EVIDENCE_FILE_LIMIT or self.count > MOST_FILES:
            self.file.truncate(0)
            return
        super().receive_data_chunk(raw_data, start)


class ObjectionFilesField(EvidenceField):
    """What a citizen sends along: an office file that unfolds to too much is refused before anybody opens it."""

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:  # type: ignore[override]
        if isinstance(data, list) and len(data) > MOST_FILES:
            raise ValidationError(f"最多上传{MOST_FILES}个文件，请挑最要紧的，其余的可以寄来。")
        files = super().clean(data, initial)
        for file in files:
            if file.name.lower().endswith((".docx", ".xlsx", ".pptx", ".ofd")):
                file.content.seek(0)
                try:
                    archive = Archive(file.content.read())
                    for name in archive.names:
                        archive.part(name)
                except Unreadable as error:
                    raise ValidationError(f"“{file.name}”：{error}") from error
                file.content.seek(0)
        return files
