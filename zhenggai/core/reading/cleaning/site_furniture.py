"""What a web site puts around a document when a page is saved as text: menus, buttons, counters, legal lines.

Two kinds. Lines that are furniture wherever they stand, and lines that are furniture only above the first or below
the last words of the document. Upload sites (文库) add a head with the uploader and a foot with their terms; both
are known by several of their cue words together, never by one alone.
"""

import re

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.cleaning.spans import Spans, lines_between
from zhenggai.core.reading.signs import metadata_labels

# Buttons and captions: a line made of nothing but these is furniture wherever it stands.
BUTTONS = frozenset({
    "下载", "打印", "关闭", "收藏", "分享", "纠错", "打印本页", "打印页面", "关闭窗口", "关闭页面", "返回顶部", "字体", "字号", "大", "中", "小", "分享到",
    "分享至", "展开全文", "查看原文", "查看更多", "查看全文", "背景颜色", "浏览次数", "阅读次数", "点击数", "阅读量", "浏览量", "访问量", "相关链接", "相关阅读", "相关文章",
    "扫一扫", "保护视力色", "默认", "次", "【打印】", "微信", "微博", "扫码分享",
})  # fmt: skip
# How such a line begins.
OPENINGS = (
    "扫一扫", "在手机上查看", "在手机打开", "用手机扫", "上一篇", "下一篇", "上一条", "下一条", "当前位置", "您的位置", "您当前的位置", "您现在的位置", "您所在的位置",
    "现在位置", "你的位置", "所在位置", "分享到", "浏览次数", "阅读次数", "背景颜色",
)  # fmt: skip
# At the edges of the page only: whole lines, and words by which a line is the site's.
EDGE_LINES = frozenset({
    "联系我们", "关于我们", "网站声明", "无障碍", "无障碍阅读", "无障碍浏览", "长者专区", "长者模式", "其他", "登录", "注册", "繁体", "繁體", "English", "首页",
    "政府信息公开", "当前页面", "|", "网站地图", "返回首页", "站内搜索", "政务公开", "互动交流",
})  # fmt: skip
EDGE_WORDS = (
    "版权所有", "Copyright", "COPYRIGHT", "©", "ICP备", "公网安备", "公安备案", "公安局备案", "网站标识码", "网站地图", "技术支持:", "网站建议使用",
)  # fmt: skip
# Two of these on one line of the edges; one by itself may be a field of a task.
PAIRED_WORDS = (
    "主办单位:",
    "承办单位:",
    "主办:",
    "承办:",
    "责任编辑:",
    "编辑:",
    "审核:",
    "来源:",
    "浏览器",
    "分辨率",
    "邮编:",
)
_COUNTERS = frozenset({"字号", "浏览次数", "阅读次数", "点击数", "编辑", "责任编辑", "来源", "访问量"})

# The head and the foot of an upload site: each entry is one cue, in any of its wordings, and words of which it needs one.
HEAD_CUES: dict[str, tuple[str, ...]] = {
    r"上传(?:人|者|用户|时间):": ("上传",),
    r"文档编号:": ("文档编号:",),
    r"格式: ?(?:DOCX?|PDF|TXT|WPS|docx?|pdf)": ("格式:",),
    r"页数: ?\d": ("页数:",),
    r"大小: ?[\d.]+ ?[KM]B": ("大小:",),
    r"\.(?:docx?|pdf|wps|txt)_?第 ?\d+ ?页": ("页",),
    r"第 ?\d+ ?页 */ *共 ?\d+ ?页": ("页",),
    r"查看更多|阅读更多": ("更多",),
    r"资源描述|文档介绍|文档描述|文档简介": ("资源描述", "文档"),
    r"^ *下载 +.{0,12}举报": ("举报",),
    r"(?:立即|免费)下载|积分下载|VIP": ("下载", "VIP"),
    r"金币|学币": ("币",),
}
FOOT_CUES: dict[str, tuple[str, ...]] = {
    r"阅读全文": ("阅读全文",),
    r"相关(?:资源|搜索|文档|推荐)": ("相关",),
    r"^ *当前位置:": ("当前位置:",),
    r"Copyright|©|版权所有": ("Copyright", "©", "版权所有"),
    r"ICP备|备案号": ("ICP备", "备案号"),
    r"公安局备案|公网安备": ("备案", "公网安备"),
    r"用户(?:自行)?上传|C2C|文库|版权申诉": ("上传", "C2C", "文库", "版权申诉"),
    r"下载(?:须知|说明|声明)": ("下载",),
    r"^ *(?:关于我们|联系我们|网站地图)": ("我们", "网站地图"),
}

EDITORS = ("责任编辑:", "网络编辑:")

_EDGE_COUNT = 25  # how many lines from either end furniture is looked for
_LONG_LINE = 150
_HEAD_LINES = 40  # where an upload site's head is looked for in a text without long lines
_LEAST_CUES = 3
_BETWEEN_WORDS = " |·•"
_WORDS = re.compile(f"[{_BETWEEN_WORDS}]+")
_SIGNS = " \t\f[]()<>:|·•"
_SIGN = f"[{re.escape(_SIGNS)}]"
_ANYWHERE = re.compile(rf"[ \t\f]*(?:{'|'.join(OPENINGS)}).*|(?:{_SIGN}|(?:\d+|{'|'.join(BUTTONS)})(?={_SIGN}|$))+")
"""A line that opens like furniture, or holds nothing but buttons, figures and signs."""
_NO_WORDS = f"{_SIGNS}0123456789"
_FIRST_SIGNS = frozenset(f"{_SIGNS}0123456789") | {word[0] for word in (*BUTTONS, *OPENINGS)}
"""How furniture that stands anywhere begins, so that most lines are passed over at once."""
_BREADCRUMB = re.compile(r"[^\s>]{2,20}(?: *>{1,2} *[^\s>]{2,40}){1,7}")
_MENU_WORD = r"[^\x00-@\[-`{-\xff•]{2,8}"
_MENU = re.compile(rf"{_MENU_WORD}(?:[ |·•]+{_MENU_WORD}){{3,}}")
_UNIT_ENDS = tuple("局委办厅府会区县市处院组司")
_FILE_NAME = re.compile(r"[ \t]*(\S[^\n]{3,120}?)\.(?:docx?|pdf|wps|txt)[ \t]*")

Span = tuple[int, int]


def find(draft: Draft) -> list[Cut]:
    """Cuts for all furniture of the page.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> lines = ["首页 政务公开 互动交流 专题专栏", "您的位置: 首页 > 公告", "整改方案", "[下载] [打印]", "扫一扫在手机上查看"]
    >>> draft = draft_of(Document("a.txt", "text", tuple(map(Paragraph, lines))))
    >>> draft.without(find(draft)).text.split()
    ['整改方案']
    """
    folded = draft.folded
    lines = draft.lines
    cuts = _upload_site(folded, lines)
    outside = Spans.joined((cut.start, cut.end) for cut in cuts)
    inside = [line for line in lines if line[0] not in outside] if cuts else lines
    return cuts + [Cut(start, end, "site_furniture") for start, end in _furniture(draft.text, folded, inside)]


def listed_titles(draft: Draft) -> tuple[str, ...]:
    """The names under which an upload site lists the document: lines of its head that are a file name."""
    heads = (removed.text for removed in draft.removed if removed.rule == "upload_site")
    lines = (text[start:end] for text in heads for start, end in lines_between(text))
    return tuple(dict.fromkeys(match[1] for match in map(_FILE_NAME.fullmatch, lines) if match))


def _furniture(text: str, folded: str, lines: list[Span]) -> list[Span]:
    """The lines that are furniture, by what they say or by where they stand."""
    found = [line for line in lines if folded[line[0]] in _FIRST_SIGNS and _ANYWHERE.fullmatch(folded, *line)]
    found = [line for line in found if folded[slice(*line)].strip(_NO_WORDS)]
    if ">" in folded:
        found += [line for line in lines if _is_path(folded[slice(*line)].strip())]
    edge = _Edge(folded, lines)
    found += [line for line in edge.lines if edge.holds(folded[slice(*line)].strip())]
    short = [line for line in found if len(folded[slice(*line)].strip()) <= _LONG_LINE]
    return [line for line in dict.fromkeys(short) if not _describes(text[slice(*line)])]


def _describes(line: str) -> bool:
    """Whether the line says something about the document; counters and font sizes are furniture."""
    return any(label.name not in _COUNTERS for label in metadata_labels(line))


def _is_path(line: str) -> bool:
    return ">" in line and "<" not in line and _BREADCRUMB.fullmatch(line) is not None


class _Edge:
    """The first and last lines of a page, and those of the site's words that stand in them; mostly there are none."""

    def __init__(self, folded: str, lines: list[Span]) -> None:
        zones = [lines] if len(lines) <= 2 * _EDGE_COUNT else [lines[:_EDGE_COUNT], lines[-_EDGE_COUNT:]]
        self.lines = [line for zone in zones for line in zone]
        text = "\n".join(folded[zone[0][0] : zone[-1][1]] for zone in zones if zone)
        self._words = [word for word in EDGE_WORDS if word in text]
        self._edited = any(map(text.__contains__, EDITORS))
        self._paired = [word for word in PAIRED_WORDS if word in text]
        self._may_be_menu = any(map(text.__contains__, _BETWEEN_WORDS))

    def holds(self, line: str) -> bool:
        """Whether this line of the edge is the site's."""
        if line in EDGE_LINES or (self._may_be_menu and _is_menu(line)):
            return True
        if (self._edited and line.startswith(EDITORS)) or (self._words and any(map(line.__contains__, self._words))):
            return True
        return len(self._paired) > 1 and sum(word in line for word in self._paired) > 1


def _is_menu(line: str) -> bool:
    """Four or more short words in a row without punctuation, most of them no units.

    >>> _is_menu("首   页 走进某区 新闻中心 互动交流"), _is_menu("市水务局 市城管局 市园林局 市住建局")
    (True, False)
    """
    line = line.replace("首   页", "首页")
    if not _MENU.fullmatch(line):
        return False
    words: list[str] = _WORDS.split(line)
    return sum(word.endswith(_UNIT_ENDS) for word in words) < len(words) / 2


def _upload_site(folded: str, lines: list[Span]) -> list[Cut]:
    """The head and the foot of an upload site, each as one cut."""
    lengths = [end - start for start, end in lines]
    if max(lengths, default=0) > _LONG_LINE:
        long_lines = [index for index, length in enumerate(lengths) if length > _LONG_LINE]
        head_zone, foot_zone = lines[: long_lines[0]], lines[long_lines[-1] + 1 :]
    else:
        head_zone, foot_zone = lines[:_HEAD_LINES], lines[len(lines) // 2 :]
    cuts = []
    if head_zone:
        cued = _cued(HEAD_CUES, folded, head_zone)
        if cued:
            cuts.append(Cut(0, cued[-1][1], "upload_site"))
    if foot_zone:
        cued = _cued(FOOT_CUES, folded, foot_zone)
        if cued:
            cuts.append(Cut(cued[0][0], len(folded), "upload_site"))
    return cuts


def _cued(cues: dict[str, tuple[str, ...]], folded: str, zone: list[Span]) -> list[Span]:
    """The lines of a zone that hold cues, or none when fewer than three different cues stand in it."""
    text = folded[zone[0][0] : zone[-1][1]]
    possible = [cue for cue, words in cues.items() if any(map(text.__contains__, words))]
    patterns = [re.compile(cue, re.MULTILINE) for cue in possible if re.search(cue, text, re.MULTILINE)]
    if len(patterns) < _LEAST_CUES:
        return []
    return [line for line in zone if any(pattern.search(folded[slice(*line)]) for pattern in patterns)]
