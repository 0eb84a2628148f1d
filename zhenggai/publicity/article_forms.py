from typing import Any

from django import forms
from django.conf import settings

from zhenggai.documents.forms import UploadField
from zhenggai.documents.kinds import JPEG, PDF, PNG, TEXT, ZIP, FileKind
from zhenggai.publicity.models import OUTCOMES, Article

PACKED = FileKind("zip", ("docx", "xlsx", "zip"), ZIP.media_type, "Word、Excel 文档或压缩包")


class _PublicFileField(UploadField):
    """A file of which a public copy can be made; archives too."""

    def check(self, file: Any) -> Any:
        from zhenggai.documents.forms import Upload
        from zhenggai.documents.uploads import clean_name

        name = clean_name(file.name or "")
        if name.lower().endswith(".zip"):
            if not 0 < (file.size or 0) <= self.limit:
                raise forms.ValidationError(f"“{name}”是空的，或超过{self.limit // 1048576}兆字节。")
            return Upload(file, name, "application/octet-stream")
        return super().check(file)


class ArticleFileForm(forms.Form):
    file = _PublicFileField(
        limit=settings.EVIDENCE_FILE_LIMIT, kinds=(PDF, ZIP, JPEG, PNG, TEXT), label="附件",
        help_text="docx、xlsx、PDF、jpg、png、txt、zip，20兆字节以内。公众下载的是去掉属性、批注、修订、隐藏内容和拍摄信息的副本",
    )  # fmt: skip


class ArticleForm(forms.Form):
    """The words of an article; of outcomes also the counts, never names."""

    kind = forms.ChoiceField(label="栏目", choices=Article.Kind.choices)
    title = forms.CharField(label="标题", max_length=200)
    issuer = forms.CharField(label="发布机构", max_length=120)
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    body = forms.CharField(
        label="正文", max_length=50000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="一段一行。小标题前写“# ”。表格一行一行写成“| 地方 | 任务 |”，第一行是表头，表的上一行写“表：名称”",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for key, (name, unit) in OUTCOMES.items():
            self.fields[f"count_{key}"] = forms.IntegerField(
                label=f"{name}（{unit}）", required=False, min_value=0, max_value=99999
            )

    @property
    def count_fields(self) -> list[forms.BoundField]:
        return [self[f"count_{key}"] for key in OUTCOMES]

    def given(self) -> dict[str, Any]:
        """What articles.draft_article() and edit_article() take."""
        told = self.cleaned_data
        counts = {key: told[f"count_{key}"] for key in OUTCOMES if told.get(f"count_{key}")}
        return {name: told[name] for name in ("title", "issuer", "document_number", "body")} | {"counts": counts}
