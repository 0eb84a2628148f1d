"""The public copy of a Word document: only the parts that print, with tracked changes taken as final, and no comments,
hidden text, properties, macros, embedded files or reviewers' names. What is not known to print is not copied."""

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.errors import Damaged
from zhenggai.core.reading.xml import parse
from zhenggai.publicity.release.copies import Copy
from zhenggai.publicity.release.pictures import picture

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {
    "officeDocument": f"{_WORD}.document.main+xml", "styles": f"{_WORD}.styles+xml",
    "numbering": f"{_WORD}.numbering+xml", "fontTable": f"{_WORD}.fontTable+xml", "header": f"{_WORD}.header+xml",
    "footer": f"{_WORD}.footer+xml", "footnotes": f"{_WORD}.footnotes+xml", "endnotes": f"{_WORD}.endnotes+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}  # fmt: skip
_LEFT = {
    "comments": "comments", "commentsExtended": "comments", "commentsIds": "comments", "people": "comments",
    "core-properties": "metadata", "extended-properties": "metadata", "custom-properties": "metadata",
    "customXml": "metadata", "glossaryDocument": "embedded", "oleObject": "embedded", "package": "embedded",
    "aFChunk": "embedded", "chart": "embedded", "diagramData": "embedded", "vbaProject": "macros",
    "attachedTemplate": "metadata", "control": "embedded",
}  # fmt: skip
_GONE = {"del", "moveFrom", "cellDel"}
_OPENED = {"ins", "moveTo", "smartTag", "customXml"}
_MARKS = {
    "comments": {"commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef"},
    "tracked_changes": {
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "tcPrChange", "trPrChange",
        "tblGridChange", "numberingChange", "cellIns", "cellMerge", "moveFromRangeStart", "moveFromRangeEnd",
        "moveToRangeStart", "moveToRangeEnd",
    },
    "embedded": {"object", "altChunk", "control", "subDoc"},
    "metadata": {"dataBinding", "tag", "alias", "docPartObj"},
}  # fmt: skip
_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES", "TOC", "REF", "PAGEREF", "SEQ", "EQ", "SYMBOL")
_PARTS_MOST = 400


def docx(data: bytes) -> Copy:
    """The public copy of a .docx. Raises Unreadable for what is damaged, locked or too large."""
    archive, copy = Archive(data), Copy()
    if archive.part("word/document.xml") is None:
        raise Damaged
    made: dict[str, bytes] = {}
    types: dict[str, str] = {}
    top = _relations(archive, "", "_rels/.rels")
    start = [(target, kind) for _, kind, target, _ in top if kind == "officeDocument"]
    for _, kind, _, _ in top:
        if kind in _LEFT:
            copy.leave(_LEFT[kind])
    if start[:1] != [("word/document.xml", "officeDocument")]:
        raise Damaged
    hidden = _hidden_styles(archive)
    _walk(archive, "word/document.xml", "officeDocument", made, types, copy, hidden)
    made["_rels/.rels"] = _relations_xml([("rId1", f"{_R}/officeDocument", "word/document.xml", False)])
    made["[Content_Types].xml"] = _types_xml(types)
    copy.data = _packed(made)
    return copy


def _relations(archive: Archive, folder: str, part: str) -> list[tuple[str, str, str, bool]]:
    """Each relation of a part: its id, the last word of its type, its target, and whether that lies outside."""
    content = archive.part(part)
    if content is None:
        return []
    found = []
    for node in parse(content).iter("{*}Relationship"):
        outside = node.get("TargetMode") == "External"
        target = node.get("Target", "")
        inside = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.append(
            (node.get("Id", ""), node.get("Type", "").rsplit("/", 1)[-1], target if outside else inside, outside)
        )
    return found


def _walk(
    archive: Archive, part: str, kind: str, made: dict[str, bytes], types: dict[str, str], copy: Copy, hidden: set[str]
) -> None:
    """Copy a part and what it leads to, as far as that prints."""
    if part in made or len(made) > _PARTS_MOST:
        return
    content = archive.part(part)
    if content is None:
        return
    made[part], types[part] = b"", _PARTS[kind]
    folder, name = posixpath.split(part)
    kept: list[tuple[str, str, str, bool]] = []
    for key, relation, target, outside in _relations(archive, folder, f"{folder}/_rels/{name}.rels"):
        if relation == "image" and not outside:
            made_picture = _picture(archive.part(target), target, copy)
            if made_picture:
                made[target] = made_picture
                kept.append((key, f"{_R}/image", posixpath.relpath(target, folder), False))
        elif relation == "hyperlink" and outside and target.startswith(("http://", "https://")):
            kept.append((key, f"{_R}/hyperlink", target, True))
            copy.text += f"\n{target}"
        elif relation in _PARTS and not outside and archive.part(target) is not None:
            _walk(archive, target, relation, made, types, copy, hidden)
            kept.append((key, f"{_R}/{relation}", posixpath.relpath(target, folder), False))
        elif relation in _LEFT:
            copy.leave(_LEFT[relation])
    root = parse(content)
    _clean(root, copy, {key for key, *_ in kept}, hidden)
    copy.text += "\n" + "\n".join(_lines(root))
    made[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if kept:
        made[f"{folder}/_rels/{name}.rels"] = _relations_xml(kept)


def _picture(content: bytes | None, target: str, copy: Copy) -> bytes | None:
    if content is None or not target.lower().endswith((".png", ".jpg", ".jpeg")):
        copy.leave("embedded", target.rsplit(".", 1)[-1] + "图形")
        return None
    made = picture(content)
    for left in made.left:
        copy.leave(*left)
    return made.data


def _hidden_styles(archive: Archive) -> set[str]:
    content = archive.part("word/styles.xml")
    if content is None:
        return set()
    styles = parse(content).iter(f"{{{_W}}}style")
    return {style.get(f"{{{_W}}}styleId", "") for style in styles if _is_hidden(style.find(f"{{{_W}}}rPr"))}


def _is_hidden(properties: Any) -> bool:
    mark = None if properties is None else properties.find(f"{{{_W}}}vanish")
    return mark is not None and mark.get(f"{{{_W}}}val", "1") not in ("0", "false", "off")


def _clean(root: Any, copy: Copy, kept: set[str], hidden: set[str]) -> None:
    """Take out of a part's XML what must not be public, and tell of it."""
    _accept_changes(root, copy)
    for kind, names in _MARKS.items():
        for node in [node for node in root.iter(f"{{{_W}}}*") if etree.QName(node).localname in names]:
            copy.leave(kind)
            _drop(node)
    for run in list(root.iter(f"{{{_W}}}r")):
        properties = run.find(f"{{{_W}}}rPr")
        style = None if properties is None else properties.find(f"{{{_W}}}rStyle")
        if _is_hidden(properties) or (style is not None and style.get(f"{{{_W}}}val") in hidden):
            copy.leave("hidden_text")
            _drop(run)
    for field in [*root.iter(f"{{{_W}}}instrText"), *root.iter(f"{{{_W}}}fldSimple")]:
        words = (field.text or field.get(f"{{{_W}}}instr") or "").split()
        if words and words[0].upper() not in _FIELDS:
            field.text = None
            field.attrib.pop(f"{{{_W}}}instr", None)
    for node in root.iter():
        _clean_attributes(node, kept)


def _accept_changes(root: Any, copy: Copy) -> None:
    for row in list(root.iter(f"{{{_W}}}tr")):
        if row.find(f"{{{_W}}}trPr/{{{_W}}}del") is not None:
            copy.leave("tracked_changes")
            _drop(row)
    for node in list(root.iter(f"{{{_W}}}*")):
        name = etree.QName(node).localname
        if name in _GONE or (name == "delText"):
            copy.leave("tracked_changes")
            _drop(node)
        elif name in _OPENED and node.getparent() is not None:
            copy.leave("tracked_changes" if name in ("ins", "moveTo") else "metadata")
            parent, index = node.getparent(), node.getparent().index(node)
            for child in reversed(list(node)):
                parent.insert(index, child)
            _drop(node)


def _drop(node: Any) -> None:
    if node.getparent() is not None:
        node.getparent().remove(node)


def _clean_attributes(node: Any, kept: set[str]) -> None:
    """Revision marks, pictures' file names, and links to parts that were not copied."""
    for name, value in list(node.attrib.items()):
        space, local = etree.QName(name).namespace, etree.QName(name).localname
        if (
            local.startswith("rsid")
            or local in ("paraId", "textId", "author", "date", "initials")
            or (space == _R and local in ("id", "embed", "link", "pict", "href") and value not in kept)
            or (local in ("title", "descr") and ("\\" in value or "/" in value or "." in value))
        ):
            del node.attrib[name]
        elif local == "name" and isinstance(node.tag, str) and etree.QName(node).localname in ("docPr", "cNvPr"):
            node.set(name, "图")


def _lines(root: Any) -> Iterator[str]:
    for paragraph in root.iter(f"{{{_W}}}p"):
        yield "".join(node.text or "" for node in paragraph.iter(f"{{{_W}}}t"))
    for node in root.iter():
        for name in ("descr", "title"):
            if node.get(name):
                yield node.get(name)


def _relations_xml(relations: list[tuple[str, str, str, bool]]) -> bytes:
    root = etree.Element(f"{{{_RELS}}}Relationships", nsmap={None: _RELS})  # type: ignore[dict-item]
    for key, kind, target, outside in relations:
        given = {"Id": key, "Type": kind, "Target": target} | ({"TargetMode": "External"} if outside else {})
        etree.SubElement(root, f"{{{_RELS}}}Relationship", given)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _types_xml(types: dict[str, str]) -> bytes:
    root = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})  # type: ignore[dict-item]
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    }  # fmt: skip
    for ending, kind in defaults.items():
        etree.SubElement(root, f"{{{_TYPES}}}Default", {"Extension": ending, "ContentType": kind})
    for part, kind in types.items():
        etree.SubElement(root, f"{{{_TYPES}}}Override", {"PartName": f"/{part}", "ContentType": kind})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _packed(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), parts[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()
