"""Web pages: the article of a government page, without what surrounds it.

The article is where the words are that are not links. Navigation, breadcrumbs, share buttons and scripts are left
out; the block in which the site describes the document (索引号, 发文机关 …) is kept and marked as metadata.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Block, Document, Dropped, Paragraph, tidy
from zhenggai.core.reading.errors import Damaged, Empty, TooLarge
from zhenggai.core.reading.html_lines import LineCollector, text_of
from zhenggai.core.reading.signs import metadata_labels
from zhenggai.core.reading.text import decode

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_UNSEEN_TAGS = (
    "script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "select", "option", "button",
    "textarea", "input", "nav", "footer", "aside",
)  # fmt: skip
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|bread-?crumbs?|crumbs?|location|dqwz|share|bdshare|footer|foot|copyright|sidebar"
    r"|toolbar|pagination|pager|related|qrcode|ewm|fontsize|print|login|search)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PUBLISHED = frozenset({"pubdate", "publishdate", "publication_date", "article:published_time"})
_TOO_DEEP = "网页的标签套得太深或太长，已停止读取。请用浏览器打开，另存为 .docx 或 .txt，再重新上传。"
_MOST_OF_IT = 0.9
_LINKS_RULE = 0.6
_CONTAINERS = frozenset({"div", "section", "article", "main", "td", "body"})
_ARTICLE_GROWTH = 600  # characters around the body that may still be the article: title, date, signature


def read(data: bytes, name: str) -> Document:
    """The article of a web page. Raises Empty, TooLarge or Damaged."""
    root = _parse(data)
    if sum(1 for _ in root.iter()) > limits.MAX_BLOCKS:
        raise TooLarge
    titles, published = _head(root)
    for node in list(root.iter(*_UNSEEN_TAGS)):
        _drop(node)
    page = _Page(root)
    dropped = page.remove_furniture()
    blocks = page.blocks(titles)
    if not blocks:
        raise Empty
    return Document(name=name, kind="html", blocks=tuple(blocks), titles=titles, dropped=dropped, published=published)


def _parse(data: bytes) -> _Element:
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(_decoded(data).encode("utf-8"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise Damaged from error
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise TooLarge(_TOO_DEEP)  # the parser gave up: what it has read is not the whole page
    if root is None:
        raise Empty
    return root


def _decoded(data: bytes) -> str:
    stated = _CHARSET.search(data[:4096])
    if stated:
        charset = stated[1].decode("ascii").lower()
        try:
            return tidy(data.decode("gb18030" if charset.startswith("gb") else charset))
        except (LookupError, UnicodeDecodeError):
            pass  # the page lies about its character set: find out
    return tidy(decode(data))


def _head(root: _Element) -> tuple[tuple[str, ...], str | None]:
    """The names the page gives the document, best first, and its date of publication where a meta tag has it."""
    metas = {
        (node.get("name") or node.get("property") or "").lower(): node.get("content") or ""
        for node in root.iter("meta")
    }
    headings = [text_of(node) for node in root.iter("h1")]
    names = [*headings, metas.get("articletitle", ""), root.findtext(".//title") or ""]
    titles = tuple(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    published = next((value for key, value in metas.items() if key in _PUBLISHED and value), None)
    return titles, published


def _drop(node: _Element) -> None:
    """Removes an element but keeps the text that follows it."""
    parent = node.getparent()
    if parent is None:
        return
    before = node.getprevious()
    if node.tail:
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


@dataclass(slots=True)
class _Weight:
    """What an element holds: characters, those of them in links, and links."""

    text: int = 0
    linked: int = 0
    links: int = 0


class _Page:
    """A page weighed once, so that every question about an element is answered without walking it again."""

    def __init__(self, root: _Element) -> None:
        self._root = root
        self._weights: dict[_Element, _Weight] = {}
        self._weigh()

    def _weigh(self) -> None:
        from lxml import etree

        open_links = 0
        for event, node in etree.iterwalk(self._root, events=("start", "end")):
            if event == "start":
                open_links += node.tag == "a"
                self._weights[node] = _Weight(links=int(node.tag == "a"))
                self._say(node, node.text, open_links > 0)
                continue
            open_links -= node.tag == "a"
            parent = node.getparent()
            if parent is not None and node is not self._root:
                above, inside = self._weights[parent], self._weights[node]
                above.text += inside.text
                above.linked += inside.linked
                above.links += inside.links
                self._say(parent, node.tail, open_links > 0)

    def _say(self, node: _Element, text: str | None, in_link: bool) -> None:
        length = len(text.strip()) if text else 0
        self._weights[node].text += length
        self._weights[node].linked += length if in_link else 0

    def remove_furniture(self) -> tuple[Dropped, ...]:
        """Takes navigation and its like out of the page; what it said is returned."""
        total = self._weights[self._root].text
        dropped = []
        gone: set[_Element] = set()
        for node in list(self._root.iter("div", "ul", "p", "section", "header", "table", "span", "dl")):
            if gone.isdisjoint(node.iterancestors()) and self._is_furniture(node, total):
                said = " ".join(text_of(node).split())
                if said:
                    dropped.append(Dropped(said, "navigation"))
                self._forget(node)
                _drop(node)
                gone.add(node)
        return tuple(dropped)

    def _forget(self, node: _Element) -> None:
        """Takes the weight of an element off all above it."""
        gone = self._weights[node]
        for above in node.iterancestors():
            weight = self._weights[above]
            weight.text -= gone.text
            weight.linked -= gone.linked
            weight.links -= gone.links

    def _is_furniture(self, node: _Element, total: int) -> bool:
        if _HIDDEN.search(node.get("style") or ""):
            return True
        weight = self._weights[node]
        if weight.text > total * 0.5:
            return False
        named = f"{node.get('class') or ''} {node.get('id') or ''}"
        if _FURNITURE_NAME.search(named) and node.find(".//h1") is None:
            return True
        return weight.text > 0 and weight.linked > weight.text * _LINKS_RULE and weight.links >= 3

    def _words(self, node: _Element) -> int:
        return self._weights[node].text - self._weights[node].linked

    def _article(self) -> _Element:
        """The innermost element that still holds nearly all words, widened again to the heading above it."""
        body = self._root.find("body")
        body = self._root if body is None else body
        total = self._words(body)
        node = body
        while True:
            inner = next((child for child in node if self._words(child) > total * _MOST_OF_IT), None)
            if inner is None or inner.tag in {"p", "tr", "td", "tbody", "span", "font"}:
                return self._widened(node, body)
            node = inner

    def _widened(self, node: _Element, body: _Element) -> _Element:
        most = self._weights[node].text + _ARTICLE_GROWTH
        scope = node
        for above in node.iterancestors():
            if self._weights[above].text > most or above.tag not in _CONTAINERS:
                break
            scope = above
            if above is body or above.find(".//h1") is not None:
                break
        return scope

    def blocks(self, titles: tuple[str, ...]) -> list[Block]:
        """The article's blocks; a title and a metadata table that stand outside it come first."""
        article = self._article()
        inside = set(article.iter())
        blocks: list[Block] = []
        for table in self._root.iter("table", "ul", "dl"):
            described = self._weights[table].text < _ARTICLE_GROWTH and len(metadata_labels(text_of(table, "\n"))) >= 2
            if described and table not in inside and table.find(".//table") is None:
                blocks += [Paragraph(line, metadata=True) for line in LineCollector(table).flat_lines()]
        heading = next(iter(self._root.iter("h1")), None)
        if heading is not None and heading not in inside and titles:
            blocks.append(Paragraph(titles[0]))
        return blocks + LineCollector(article).blocks()
