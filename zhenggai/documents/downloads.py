"""Sending a stored file to a browser: always as a download, never as a page of ours."""

import logging

from django.http import FileResponse

from zhenggai.accounts.decisions import Refused
from zhenggai.documents.checking import finding_of
from zhenggai.documents.models import FileAlarm, StoredFile

logger = logging.getLogger(__name__)

CHANGED = "“{name}”和收到的时候不一样，没有下载：它已经不是当时那份材料。手里有原件的，重新上传同一份就能恢复。"
GONE = "“{name}”现在读不出来，没有下载。系统管理员会在“文件核对”里看到；手里有原件的，重新上传同一份就能恢复。"


def download(stored: StoredFile, name: str) -> FileResponse:
    """`stored` under `name`. The caller has checked the person's right to it. Raises Refused when the file is gone, or is not
    what was received: nobody decides on what was put in its place before the daily check finds it (checking.py)."""
    found = finding_of(stored)
    if found and found.kind == FileAlarm.Kind.CHANGED:
        logger.error("stored file %s is not what was received: %s", stored.pk, found.detail)
        raise Refused(CHANGED.format(name=name))
    try:
        content = stored.open()
    except OSError as error:
        raise Refused(GONE.format(name=name)) from error
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
