"""A folder in which a file appears whole or not at all, whatever stops the writing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Django's folder storage, but written beside its place, synced, and moved there in one step."""

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(beside, self.file_permissions_mode or 0o640)
            os.replace(beside, target)
            _sync_folder(target.parent)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        return name


def _sync_folder(folder: Path) -> None:
    """A moved file survives a power cut only once its folder is written too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
