"""Form fields for uploads: every file is checked, and comes out as an Upload with a clean name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhenggai.documents.kinds import EVIDENCE, FileKind
from zhenggai.documents.uploads import check_upload, clean_name


@dataclass(frozen=True)
class Upload:
    """A checked upload: its bytes, the name to show, and the media type of its kind."""

    content: File[Any]
    name: str
    media_type: str


class UploadField(forms.FileField):
    """One checked file."""

    def __init__(self, *, limit: int, kinds: tuple[FileKind, ...], **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)
        self.limit, self.taken = limit, kinds

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        file = super().clean(data, initial)
        return self.check(file) if isinstance(file, UploadedFile) else None

    def check(self, file: UploadedFile[Any]) -> Upload:
        kind = check_upload(file, limit=self.limit, kinds=self.taken)
        return Upload(file, clean_name(file.name or ""), kind.media_type)


class ManyFilesInput(forms.ClearableFileInput):
    """Files to choose, to drop, or to take with a phone's camera. Without script a plain input; with it (js/upload.js) each
    file is looked at before it is sent, by the same bounds as in `check_upload`."""

    allow_multiple_selected = True

    def __init__(self, *, limit: int, endings: Sequence[str]) -> None:
        super().__init__(attrs={"accept": ",".join(f".{ending}" for ending in endings)})
        self.limit, self.endings = limit, endings

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = {
            "input": super().render(name, None, attrs, renderer), "id": (attrs or {}).get("id", ""),
            "limit": self.limit, "endings": " ".join(self.endings), "most": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        }  # fmt: skip
        return render_to_string("documents/_file_drop.html", context)


class EvidenceField(UploadField):
    """Several checked files; each one that is refused is named."""

    def __init__(self, **kwargs: Any) -> None:
        endings = [ending for kind in EVIDENCE for ending in kind.endings]
        widget = ManyFilesInput(limit=settings.EVIDENCE_FILE_LIMIT, endings=endings)
        given = {"required": False, "widget": widget} | kwargs
        super().__init__(limit=settings.EVIDENCE_FILE_LIMIT, kinds=EVIDENCE, **given)

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:  # type: ignore[override]
        taken, errors = [], []
        for file in [one for one in (data if isinstance(data, list) else [data]) if one]:
            try:
                taken.append(self.check(file))
            except ValidationError as error:
                errors += error.messages
        if errors:
            raise ValidationError(errors)
        if self.required and not taken:
            raise ValidationError("请选择文件")
        return taken
