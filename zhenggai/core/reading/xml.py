"""Parsing XML that a stranger sent: no entities, no DTD, no network, bounded depth."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhenggai.core.reading.errors import Damaged

if TYPE_CHECKING:
    from lxml.etree import _Element


def parse(content: bytes) -> _Element:
    """The root element. Raises Damaged for what is not well formed, too deep, or declares entities.

    libxml2 without ``huge_tree`` refuses more than 256 levels and text nodes over 10 MB.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise Damaged  # Office never writes a DTD; an entity bomb needs one
    return root


def stream(content: bytes, *tags: str) -> Iterator[_Element]:
    """The elements with these tags, each gone from memory once the next is asked for.

    As safe as ``parse``: entities stay unresolved, depth and text are bounded.
    """
    from lxml import etree

    events = etree.iterparse(
        io.BytesIO(content), tag=tags, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        for _, node in events:
            yield node
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged from error


def local(node: _Element | None) -> str:
    """The tag without its namespace; "" for comments and the like."""
    return node.tag.rpartition("}")[2] if node is not None and isinstance(node.tag, str) else ""
