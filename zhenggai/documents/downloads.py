"""Sending a stored file to a browser: always as a download, never as a page of ours."""

from django.http import FileResponse

from zhenggai.documents.models import StoredFile


def download(stored: StoredFile, name: str) -> FileResponse:
    """`stored` under `name`. The caller has checked the person's right to it."""
    response = FileResponse(stored.open(), as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
