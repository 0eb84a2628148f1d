"""GB/T 9704—2012 党政机关公文格式: the page and the styles, with the clauses they come from.

Lengths are in twentieths of a point (twips), as .docx counts them.
"""

from dataclasses import dataclass

TWIPS_OF_A_MM = 1440 / 25.4


def mm(millimetres: float) -> int:
    return round(millimetres * TWIPS_OF_A_MM)


def points(size: float) -> int:
    return round(size * 20)


# 5.2.1: A4; 天头 37 mm, 订口 28 mm, 版心 156 mm x 225 mm.
PAGE_WIDTH, PAGE_HEIGHT = mm(210), mm(297)
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = mm(37), mm(35), mm(28), mm(26)
TEXT_WIDTH = mm(156)

# 5.2.3: 22 lines of 28 characters. 28 characters of 16 pt are wider than 156 mm, so each gives up a quarter of a
# point. (A grid of type linesAndChars would say the same, but LibreOffice then sets 14 characters a line.)
LINES, CHARACTERS = 22, 28
LINE = mm(225) // LINES
TIGHTER = -5
CHARACTER = points(16) + TIGHTER

# 7.5: the top of the dash lies 7 mm below the text; measured on the printed page with a line of 18 pt.
FOOTER_DISTANCE = mm(24.8)
FOOTER_LINE = points(18)

FANGSONG = "仿宋_GB2312"
KAITI = "楷体_GB2312"
HEITI = "黑体"
SONGTI = "宋体"
XIAOBIAOSONG = "方正小标宋简体"
LATIN = "Times New Roman"
RED = "FF0000"

# What a machine without the font of the standard should take instead.
SUBSTITUTES = {
    FANGSONG: "仿宋",
    KAITI: "楷体",
    HEITI: "SimHei",
    SONGTI: "SimSun",
    XIAOBIAOSONG: "华文中宋",
}


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style; ``first_line`` counts characters, ``before`` and ``after`` count lines."""

    name: str
    font: str = FANGSONG
    size: float = 16
    align: str = "both"
    first_line: float = 0
    before: float = 0
    after: float = 0
    line: int | None = None
    outline: int | None = None
    colour: str | None = None
    latin: str = LATIN
    keep_next: bool = False

    @property
    def id(self) -> str:
        return self.name.title().replace(" ", "")


BODY = Style("Normal")
PARAGRAPH = Style("Body Text", first_line=2)  # 7.3.3: 每个自然段左空二字
ISSUER_MARK = Style("发文机关标志", XIAOBIAOSONG, align="center", line=LINE, colour=RED, keep_next=True)  # 7.2.4
NUMBER = Style("发文字号", align="center", before=2, line=points(18), keep_next=True)  # 7.2.5: 下空二行位置
# 7.3.1: 2号小标宋体字，居中; the addressee follows 标题下空一行 (7.3.2). The fixed line keeps 22 lines to the page.
TITLE = Style("Title", XIAOBIAOSONG, 22, "center", after=1, line=LINE, keep_next=True)
ADDRESSEE = Style("主送机关", align="left")  # 7.3.2: 居左顶格
# 7.3.3: 第一层用黑体字、第二层用楷体字、第三层和第四层用仿宋体字.
HEADINGS = (
    Style("heading 1", HEITI, first_line=2, outline=0, keep_next=True),
    Style("heading 2", KAITI, first_line=2, outline=1, keep_next=True),
    Style("heading 3", first_line=2, outline=2, keep_next=True),
    Style("heading 4", first_line=2, outline=3, keep_next=True),
)
CONTACT = Style("联系方式", align="left")
ATTACHMENTS = Style("附件说明", align="left", keep_next=True)  # 7.3.4
SIGNER = Style("发文机关署名", align="left", keep_next=True)  # 7.3.5
DATED = Style("成文日期", align="left")  # 7.3.5
REMARK = Style("附注", first_line=2)  # 7.3.6: 居左空二字加圆括号
ANNEX = Style("附件", HEITI, align="left", after=1, keep_next=True)  # 7.3.7: 3号黑体字顶格
TABLE_CAPTION = Style("caption", HEITI, 14, "center", keep_next=True)
TABLE_HEADER = Style("表头", HEITI, 12, "center", line=points(18))
TABLE_TEXT = Style("表格文字", size=12, align="left", line=points(18))
AFTER_TABLE = Style("表后", size=1, line=points(6))
FOOTER = Style("footer", SONGTI, 14, "left", line=FOOTER_LINE, latin=SONGTI)  # 7.5: 4号半角宋体阿拉伯数字

STYLES = (
    BODY,
    PARAGRAPH,
    ISSUER_MARK,
    NUMBER,
    TITLE,
    ADDRESSEE,
    *HEADINGS,
    CONTACT,
    ATTACHMENTS,
    SIGNER,
    DATED,
    REMARK,
    ANNEX,
    TABLE_CAPTION,
    TABLE_HEADER,
    TABLE_TEXT,
    AFTER_TABLE,
    FOOTER,
)
