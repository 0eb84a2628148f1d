from zhenggai.publicity.models.articles import OUTCOMES, Article, ArticleFile, ArticleVersion
from zhenggai.publicity.models.copies import PublishedTask, PublishedVersion
from zhenggai.publicity.models.covers import Cover
from zhenggai.publicity.models.notices import EndChange, Notice, NoticeItem, period_of
from zhenggai.publicity.models.objections import Objection, ObjectionFile
from zhenggai.publicity.models.release import PublicName, Release
from zhenggai.publicity.models.search import PublicText

__all__ = [
    "OUTCOMES",
    "Article",
    "ArticleFile",
    "ArticleVersion",
    "Cover",
    "EndChange",
    "Notice",
    "NoticeItem",
    "Objection",
    "ObjectionFile",
    "PublicName",
    "PublicText",
    "PublishedTask",
    "PublishedVersion",
    "Release",
    "period_of",
]
