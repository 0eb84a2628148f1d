"""Personal data in words: identity and bank card numbers, telephones, e-mail, names. Written in whatever form: full-width
digits, spaces and hyphens between them, characters of no width."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from zhenggai.publicity.release.findings import Finding

_NO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_GAP = r"[ \t.\-－—–_·*＊]?"
_DIGITS = rf"\d(?:{_GAP}\d)"
_ID = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dA-Za-z])")
_ID_OLD = re.compile(r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_CARD = re.compile(rf"(?<!\d)[3-6](?:{_GAP}\d){{15,18}}(?!\d)")
_MOBILE = re.compile(rf"(?<![\d.])(?:(?:\+|00)86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}\)?[ \-－—–]?[2-9]\d{6,7}|[48]00[ \-]\d{3}[ \-]?\d{4})(?!\d)")
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹"
    "申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓"
    "古吉缪简车项连芦麦褚娄窦戚岑景宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯")
_HAN = "\u4e00-\u9fff"
_NAME = rf"(?:(?:{'|'.join(_COMPOUND)})[{_HAN}]{{1,2}}|[{_SURNAMES}][{_HAN}]{{1,2}})"
# What follows a name in a sentence: people say, ask, pay, are somewhere, have something.
_SAYS = "反映|投诉|举报|称|说|表示|答应|承诺|提出|要求|认为|同意|拒绝|承认|签字|签订|申请|缴|交|来电|来信|告诉|于|在|向|对|与|和|因|已|未|有|是|被"
_END = rf"(?=[^{_HAN}]|等|电话|手机|身份|住|的|家|{_SAYS}|$)"
# Words that begin like a name and are none.
_WORDS = re.compile(
    "关负责|安全|安置|安装|安排|应当|应该|应急|房屋|房产|关心|关注|关于|方便|方案|方面|高度|成立|成为|时间|时候|全部|全体|全力|任何|任务|万元|马上|"
    "常年|白天|路面|路边|单独|单位|经常|项目|施工|成本|于是|古树|田地|田间|林地|金额|石料|温度|连续|简单|利益|平安|余下|和谐|满意|盛夏|车辆|通知"
)
_CUE = r"(?:联系人|经办人|举报人|反映人|投诉人|信访人|异议人|当事人|法定代表人|法人代表|责任人|负责人|户主|业主|姓名|村民|居民|群众|司机)"
_CUED = re.compile(rf"{_CUE}(?:(?:为|是|系)?[ \t]?(?P<name>{_NAME}){_END}|[ \t]?[:：][ \t]?(?P<told>{_NAME}))")
_STYLED = re.compile(rf"(?P<name>{_NAME})(?=同志|先生|女士|师傅)")
_WITHHELD = re.compile("[某×区县镇乡街局委厅院校厂公司社村组所站队]|人员|单位|部门|领导")


def plain(text: str) -> str:
    """Text as the eye reads it: one form of each character, none of no width.

    >>> plain("１３９\\u200b０")
    '1390'
    """
    return _NO_WIDTH.sub("", unicodedata.normalize("NFKC", text))


def masked(found: str) -> str:
    """
    >>> masked("320102199001011234"), masked("13900001234"), masked("a@b.cn")
    ('32**************34', '13*******34', 'a@**cn')
    """
    return found[:2] + "*" * (len(found) - 4) + found[-2:] if len(found) > 4 else "*" * len(found)


def findings_in(
    text: str, where: str, *, known: Collection[str] = (), allowed: Collection[str] = (), phones: Collection[str] = ()
) -> list[Finding]:
    """Everything in `text` that does not belong before the public. `known`: names of people that the product knows;
    `allowed`: names that may be public; `phones`: office telephones that may stand.

    >>> [f.kind for f in findings_in("举报人王小明，电话139-0000-1234", "标题")]
    ['mobile', 'name']
    """
    told = plain(text)
    taken: list[tuple[int, int]] = []
    found = []
    for kind, start, end, words in _numbers(told, {_bare(plain(phone)) for phone in phones}):
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        found.append((kind, start, end, masked(words)))
    found += [("name", start, end, name) for start, end, name in _names(told, known, allowed)]
    return [Finding(where, kind, shown, _around(told, start, end, shown)) for kind, start, end, shown in found]


def _around(text: str, start: int, end: int, shown: str) -> str:
    """The words around a place, the place itself as it is shown, and no other number that could be somebody's."""
    before, after = text[max(0, start - 12) : start], text[end : end + 12]
    return re.sub(r"\d{5,}", "…", f"{before}【{shown}】{after}".replace("\n", " "))


def _bare(number: str) -> str:
    return re.sub(r"\D", "", number)


def _numbers(text: str, phones: Collection[str]) -> Iterator[tuple[str, int, int, str]]:
    for match in _ID.finditer(text):
        if is_id_number(re.sub(r"[^0-9Xx]", "", match[0])):
            yield "id_number", *match.span(), match[0]
    for match in _ID_OLD.finditer(text):
        yield "id_number", *match.span(), match[0]
    for match in _CARD.finditer(text):
        if _luhn(_bare(match[0])):
            yield "bank_card", *match.span(), match[0]
    for kind, pattern in (("mobile", _MOBILE), ("landline", _LANDLINE)):
        for match in pattern.finditer(text):
            if _bare(match[0]) not in phones:
                yield kind, *match.span(), match[0]
    for match in _EMAIL.finditer(text):
        yield "email", *match.span(), match[0]


def is_id_number(digits: str) -> bool:
    """Whether 18 characters are a resident identity number: its date exists and its last character checks (GB 11643).

    >>> is_id_number("11010519491231002X"), is_id_number("110105194912310021"), is_id_number("110105194913310027")
    (True, False, False)
    """
    month, day = int(digits[10:12]), int(digits[12:14])
    if not (1 <= month <= 12 and 1 <= day <= 31 and digits[6:8] in ("18", "19", "20")):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _names(text: str, known: Collection[str], allowed: Collection[str]) -> Iterator[tuple[int, int, str]]:
    seen: set[tuple[int, str]] = set()
    for pattern in (_CUED, _STYLED):
        for match in pattern.finditer(text):
            group = "name" if match["name"] else "told"
            name, start = match[group], match.start(group)
            if (
                name not in allowed
                and not _WORDS.fullmatch(name)
                and not _WITHHELD.search(name)
                and (start, name) not in seen
            ):
                seen.add((start, name))
                yield start, start + len(name), name
    for name in sorted(set(known) - set(allowed)):
        for match in re.finditer(re.escape(name), text):
            if (match.start(), name) not in seen:
                yield *match.span(), name
