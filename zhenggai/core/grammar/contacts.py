"""To whom objections to a notice go: unit, person, telephone, address, e-mail, and the ways that it allows."""

import re
from collections.abc import Iterator

from zhenggai.core.grammar.objects import Contact, Place, Way
from zhenggai.core.grammar.places import Span, place_of, trimmed, trimmed_value
from zhenggai.core.grammar.unit_lists import looks_like_units
from zhenggai.core.reading import CleanText

_GAP = " {0,4}"


def _label(*words: str) -> str:
    """The words of a label, with spaces between their characters: 联 系 人."""
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(_GAP.join(word) for word in longest_first) + ")"


# What stands before the value of each part of a contact.
_UNIT = _label(
    "受理部门", "受理单位", "受理机构", "联系单位", "联系部门", "联系科室", "联系处室", "受理科室", "受理处室", "反映单位", "受理异议单位", "异议受理单位", "异议受理部门", "公示单位", "监督单位", "监督部门", "公示受理单位",
    "公示责任单位",
)  # fmt: skip
_PERSON = _label("联系人", "联系人员", "受理人", "经办人", "联络人")
_PHONE = _label(
    "联系电话", "监督电话", "举报电话", "受理电话", "咨询电话", "监督举报电话", "办公电话", "反映电话", "公示电话", "联系方式", "手机号码", "手机", "固定电话", "座机", "电话",
    "联系人及电话", "联系人及联系电话", "投诉电话", "热线", "电话号码",
)  # fmt: skip
_ADDRESS = _label(
    "联系地址",
    "通讯地址",
    "通信地址",
    "邮寄地址",
    "来信地址",
    "办公地址",
    "来访地址",
    "信函地址",
    "受理地址",
    "单位地址",
    "地址",
    "信访地址",
)
_MAIL = _label("电子邮箱", "电子邮件", "邮箱", "电子信箱", "邮箱地址", "邮件")
_OTHER = _label("邮政编码", "邮编", "传真", "公示时间", "公示期", "公示期限", "公示网站", "附件")
_ANY = f"(?:{_UNIT}|{_PERSON}|{_PHONE}|{_ADDRESS}|{_MAIL}|{_OTHER})"
_END = rf"(?=[ ,;`(]*{_ANY}[ )]*:|[,;!\n]|$)"

_IS = r" ?[:\t] ?"  # a colon, or the border between two cells
_LABELLED = {
    "unit": re.compile(rf"{_UNIT}{_IS}(?P<value>[^:\n]{{2,50}}?){_END}"),
    "person": re.compile(
        rf"{_PERSON}(?:及电话|及联系电话|和电话|及联系方式)?{_IS}(?P<value>[^:\n\d]{{1,24}}?)(?=[ ,;`(]*{_ANY}[ )]*:|[,;!\n\d( ]|$)"
    ),
    "address": re.compile(rf"{_ADDRESS}{_IS}(?P<value>[^:\n]{{2,60}}?){_END}"),
}
_ADDRESSED = re.compile(
    r"(?:可|请)?[^!,;\n]{0,40}?(?:向|联系|致电|拨打|反馈(?:至|到|给)|反映(?:至|到|给)|由|送达|寄至|报至|与(?=[^!,;]{3,40}联系))(?P<unit>[^!,;:()\n\d]{2,40}?"
    r"(?:局|委|办|厅|府|组|室|中心|部|会|院|处|站|队|单位|部门|公司|镇|街道|所|科|股|科室))(?=进行|反映|反馈|提出|联系|举报|书面|提交|说明|受理|以|[,;!(\n:]|来|$)"
)
_SENT_TO = re.compile(
    r"(?:寄至|寄到|邮寄至|送至|寄往|来信请寄|信函寄)(?P<value>[^!,;:\n]{2,20}?(?:路|街|道|巷|大道|大街|村|镇|区|城)[^!,;:\n]{0,20}?(?:号|室|楼|幢|栋|院))"
)
_TURNS = re.compile(r"异议|意见|反映|监督|反馈|举报|公示期|公示时间")
_NUMBER = re.compile(
    r"(?<![\dA-Za-z*.-])(?:(?:\(0\d{2,3}\)|0\d{2,3})[- ]{0,3}[\d*xX×]{7,8}(?:-\d{1,5})?|1[3-9][\d*xX×]{9}|[48]00-?\d{3}-?\d{4}|12[369]\d{2}"
    r"|[2-9][\d*xX×]{6,7})(?![\dA-Za-z*年月日.])"
)
_ROOM = re.compile(r" ?\(?(?:\d{1,2}楼|\d{1,2}号楼|[A-Z]座)? ?[A-Z]?\d{2,4} ?(?:室|房间|办公室|房)\)?$")
_POST_CODE = re.compile(r" ?\(?(?:邮编|邮政编码) ?:? ?\d{6}\)?$")
_FAX_BEFORE = re.compile(r"传 {0,4}真(?:号码)? ?: ?$")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_PHONE_LABEL = re.compile(rf"{_PHONE}(?: ?\([^()\n]{{1,12}}\))? ?: ?")
_WAYS: tuple[tuple[Way, re.Pattern[str]], ...] = (
    ("written", re.compile(r"书面|信函|来信|信件|邮寄|写信|寄送|书信")),
    ("phone", re.compile(r"电话|来电|致电|拨打|手机|短信")),
    ("email", re.compile(r"电子邮件|电子邮箱|邮箱|邮件(?!地址)|电邮")),
    ("visit", re.compile(r"来访|走访|当面|上门|面谈|来人|当面反映|现场反映")),
    ("online", re.compile(r"网上|网络|在线|留言|微信|网站反映")),
    ("fax", re.compile(r"传真")),
)
_OBJECTING = re.compile(r"异议|意见|反映|反馈")
_SENTENCE = re.compile(r"[^!\n]+")


def read_contact(source: CleanText, begins: int) -> Contact | None:
    """Where objections go; None where the notice names no way at all. Prose counts from ``begins`` on, labels anywhere.

    >>> from zhenggai.core.reading import clean, read
    >>> text = "如有异议，请以书面或电话形式向某区河长办反映。联 系 人：李某 联系电话：0712-1234567"
    >>> one = read_contact(clean(read(text.encode(), "a.txt")), 0)
    >>> one.unit, one.person, one.phones, one.ways
    ('某区河长办', '李某', ('0712-1234567',), ('written', 'phone'))
    """
    text, folded = source.text, source.folded
    spans: dict[str, list[Span]] = {}
    for name, pattern in _LABELLED.items():
        match = _last(pattern, folded)
        if match:
            spans[name] = [_without_post_code(folded, trimmed_value(text, trimmed(text, match.span("value"), "（(")))]
    if "unit" not in spans and "person" in spans and looks_like_units(text[slice(*spans["person"][0])]):
        spans["unit"] = spans.pop("person")  # 联系人及电话：县整改办 0731-…
    if "unit" not in spans:
        addressed = _addressed(folded, begins)
        if addressed:
            spans["unit"] = [addressed]
    if "address" not in spans and (sent := _SENT_TO.search(folded, begins)):
        spans["address"] = [sent.span("value")]
    if "unit" in spans:
        spans["unit"] = [_without_room(folded, span) for span in spans["unit"]]
    spans["phones"] = list(_phones(folded, begins))
    mail = _MAIL_ADDRESS.search(folded, begins) or _MAIL_ADDRESS.search(folded)
    if mail:
        spans["email"] = [mail.span()]
    ways = _ways(folded, begins, spans)
    spans = {name: found for name, found in spans.items() if found and found[0][0] < found[0][1]}
    if not spans and not ways:
        return None
    values = {name: [text[slice(*span)] for span in found] for name, found in spans.items()}
    places: dict[str, tuple[Place, ...]] = {
        name: tuple(place_of(source, span) for span in found) for name, found in spans.items()
    }
    return Contact(
        unit=_first(values, "unit"),
        person=_first(values, "person"),
        phones=tuple(dict.fromkeys(values.get("phones", []))),
        address=_first(values, "address"),
        email=_first(values, "email"),
        ways=ways,
        places=places,
    )


def _first(values: dict[str, list[str]], name: str) -> str | None:
    return next(iter(values.get(name, [])), None)


def _last(pattern: re.Pattern[str], folded: str) -> re.Match[str] | None:
    last = None
    for match in pattern.finditer(folded):
        last = match
    return last


def _addressed(folded: str, begins: int) -> Span | None:
    """The unit that the sentence about objections names: 向…反映, 请联系…."""
    for line in re.finditer(r"[^!\n]+", folded[begins:]):
        if _TURNS.search(line[0]):
            match = _ADDRESSED.search(line[0])
            if match:
                start = begins + line.start()
                return start + match.start("unit"), start + match.end("unit")
    return None


def _without_room(folded: str, span: Span) -> Span:
    """`某区管委会305室`: the room is no part of the unit."""
    room = _ROOM.search(folded, *span)
    return (span[0], room.start()) if room else span


def _without_post_code(folded: str, span: Span) -> Span:
    code = _POST_CODE.search(folded, *span)
    return (span[0], code.start()) if code else span


def _phones(folded: str, begins: int) -> Iterator[Span]:
    """Telephone numbers after a label anywhere, others only where the notice speaks to its readers."""
    labelled = [match.end() for match in _PHONE_LABEL.finditer(folded)]
    position = 0
    for match in _NUMBER.finditer(folded):
        while position + 1 < len(labelled) and labelled[position + 1] <= match.start():
            position += 1
        after_label = labelled and labelled[position] <= match.start() <= labelled[position] + 60
        if _FAX_BEFORE.search(folded, max(0, match.start() - 12), match.start()):
            continue
        if (after_label and "\n" not in folded[labelled[position] : match.start()].strip("\n")) or (
            match.start() >= begins and ("-" in match[0] or len(match[0]) >= 11 or match[0] in {"12345", "12369"})
        ):
            yield match.span()


def _ways(folded: str, begins: int, spans: dict[str, list[Span]]) -> tuple[Way, ...]:
    """The ways that the sentences about objections name, and those that have a number or address."""
    said: set[Way] = set()
    for match in _SENTENCE.finditer(folded, begins):
        if _OBJECTING.search(match[0]):
            said |= {way for way, pattern in _WAYS if pattern.search(match[0])}
    said |= {"phone"} if spans.get("phones") else set()
    said |= {"email"} if spans.get("email") else set()
    return tuple(way for way, _ in _WAYS if way in said)
