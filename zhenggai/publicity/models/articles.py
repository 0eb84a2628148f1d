from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.publicity.querysets import ArticleQuerySet

OUTCOMES = {
    "units": ("问责单位", "个"), "interviewed": ("约谈", "人"), "circulated": ("通报批评", "人"), "admonished": ("诫勉", "人"),
    "organisational": ("组织处理", "人"), "sanctioned": ("党纪政务处分", "人"), "prosecuted": ("移送司法机关", "人"),
}  # fmt: skip


class Article(models.Model):
    """What the publicity team tells the public beside tasks and notices. The public reads released versions alone."""

    class Kind(models.TextChoices):
        NEWS = "news", "工作动态"
        EXAMPLE = "example", "正面典型"
        REPORT = "report", "专报选登"
        OUTCOME = "outcome", "问责结果"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLIC = "public", "已公开"
        WITHDRAWN = "withdrawn", "已撤下"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="区划")
    kind = models.CharField("栏目", max_length=8, choices=Kind)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", max_length=50000)
    document_number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发布机构", max_length=120)
    counts = models.JSONField("人次", default=dict, blank=True, help_text="问责结果的数字；不写姓名")
    source = models.CharField("来源", max_length=60, blank=True, help_text="选登的专报")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    withdrawn_reason = models.CharField("撤下理由", max_length=300, blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="拟稿人")
    written_at = models.DateTimeField("拟稿时间", default=clock.now)
    released_at = models.DateTimeField("公开时间", null=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "公开信息"
        ordering: ClassVar = ["-released_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["news", "example", "report", "outcome"]), name="article_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", released_at__isnull=True)
                | Q(state__in=["public", "withdrawn"], released_at__isnull=False),
                name="article_state_is_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "kind", "-released_at"], name="article_by_kind")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portal_article", args=[self.pk])

    @property
    def index_number(self) -> str:
        """The 索引号: place, year, and the article's own number."""
        return f"{self.place_id:06d}/{self.written_at.year}-A{self.pk:05d}"


class ArticleVersion(models.Model):
    """What was released, word for word. Rows are only added: a correction is a new version, and the old one stays readable."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    no = models.PositiveSmallIntegerField("版本")
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    document_number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发布机构", max_length=120)
    counts = models.JSONField("人次", default=dict)
    note = models.CharField("更正说明", max_length=300, blank=True)
    findings = models.JSONField("检查结果", default=list)
    released_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="发布人")
    released_at = models.DateTimeField("公开时间", default=clock.now)

    class Meta:
        verbose_name = "公开的版本"
        ordering: ClassVar = ["no"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "no"], name="article_version_once")]

    def __str__(self) -> str:
        return f"{self.title}（第{self.no}版）"

    @property
    def outcomes(self) -> list[tuple[str, int, str]]:
        """The counts as they are shown: name, number, unit."""
        return [(OUTCOMES[key][0], self.counts[key], OUTCOMES[key][1]) for key in OUTCOMES if self.counts.get(key)]


class ArticleFile(models.Model):
    """A file of an article: the one that was uploaded, for the desk, and its public copy, which alone is served."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="files")
    name = models.CharField("文件名", max_length=160)
    original = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="原件")
    copy = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="公开副本")
    findings = models.JSONField("检查结果", default=list)
    released = models.BooleanField("已公开", default=False)
    dropped = models.BooleanField("已删", default=False)

    class Meta:
        verbose_name = "公开信息的附件"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
