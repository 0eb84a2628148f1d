"""The leading group of a plan and its teams: name, lead, and what each is there for."""

import re
from collections.abc import Iterator

from zhenggai.core.grammar.objects import Body, Place
from zhenggai.core.grammar.places import Span
from zhenggai.core.reading.folding import HAN, fold

KINDS = (
    "领导小组", "工作小组", "协调小组", "推进小组", "专项小组", "指挥部", "工作专班", "专班", "委员会", "办公室", "组",
)  # fmt: skip
_POST = r"(?:任|担任|兼任|为)(?:第一|双|共同)?(?:组长|总指挥|指挥长|主任|召集人|负责人|总召集人)"
_LEAD = rf"由(?P<lead>[^,!;]{{2,60}}?)(?:{_POST}|牵头负责|牵头(?:组成|组建|落实)?|负责牵头|负责)"

# A name, perhaps its abbreviation, and who leads: 由A任组长, 由A牵头, 组长由A担任, 设在A; or only what it is there for.
_SET_UP = re.compile(
    rf"(?:成立|设立|组建)?(?P<name>(?:{HAN}|\"){{0,40}}?(?:{'|'.join(KINDS)}))(?:\((?:以下)?(?:统称|简称):?\"?(?P<short>[^()\"]{{2,20}})\"?\))?[ ,:!]{{0,2}}"
    rf"(?:{_LEAD}|设在(?P<seat>[^,!;]{{2,30}})|(?:组长|总指挥|主任|牵头单位) ?(?:由(?P<chair>[^,!;]{{2,40}}?)担任|: ?(?P<named>[^,!;\n]{{2,60}}))"
    rf"|(?P<duty>负责[^!]{{4,200}}))"
)
_LEAD_AFTER_SEAT = re.compile(rf"[，,；;] ?(?:办公室)?(?:主任)?由(?P<lead>[^，,；;。！!]{{2,60}}?){_POST}")
_FOUNDED = re.compile(
    rf"成立了?(?:以|由)(?P<lead>[^,!;]{{2,60}}?){_POST}的(?P<name>(?:{HAN}){{2,40}}?(?:领导小组|指挥部|专班|委员会|工作组))"
)
_IN_CHARGE = ("由", "负责", "设在", "组长", "总指挥", "主任", "牵头单位")
"""One of these is in each sentence that sets up a body."""
# The same set out as a list: a name by itself, then 组长：A or 牵头单位：A, perhaps 成员单位：…, then 职责：….
_HEADED = re.compile(r"[!:]?[ \n]*(?:组 *长|总指挥|指挥长|主任|召集人|牵头(?:单位|部门|领导)|负责人) ?:")
_SET_OUT = re.compile(
    rf"^ *(?:\d{{1,2}}[.`]|\(\w{{1,3}}\)|{HAN}{{1,3}}`)? ?(?:成立|设立|组建)?(?P<name>{HAN}{{0,30}}?(?:{'|'.join(KINDS)}))"
    rf"{_HEADED.pattern} ?(?P<lead>[^!;\n]{{2,80}})"
    rf"(?:[!;\n ]+(?!主要职责|工作职责|职责)[^!;\n:]{{2,8}}: ?[^!\n]{{2,300}}){{0,4}}"
    rf"(?:[!;\n ]+(?:主要职责|工作职责|职责分工|职责|主要任务|工作任务) ?: ?(?P<duty>[^\n]{{4,400}}))?",
    re.MULTILINE,
)
_SHORTEST_KINDS = [kind for kind in KINDS if not any(kind != other and kind.endswith(other) for other in KINDS)]
_SENTENCE = re.compile(r"[^!\n]+")
_TO_SENTENCE = re.compile(r"[^\0]*[!\n]")
_LONGEST_NAME = 30
_ITEM = re.compile(rf" *(?:\d{{1,2}}[.`]|\(\w{{1,3}}\)|{HAN}{{1,3}}`)? ?")

# Headings that a flattened text runs into the sentence after them.
_HEADINGS = (
    "组织保障",
    "组织领导",
    "组织机构",
    "工作机构",
    "领导机构",
    "组织体系",
    "保障措施",
    "加强组织领导",
    "强化组织领导",
)
_NO_BODIES = ("督察组", "巡视组", "村民小组", "党组", "重组", "改组", "居民小组", "督察组办公室")


def find_bodies(text: str, folded: str | None = None) -> list[Body]:
    """The bodies that the text sets up, in its order; ``folded`` is the text folded, if that is at hand.

    >>> text = "市领导小组下设综合协调组、宣传报道组。综合协调组由分管副市长任组长，具体负责协调推进。"
    >>> [(body.name, body.lead, body.duty) for body in find_bodies(text)]
    [('综合协调组', '分管副市长', '具体负责协调推进')]
    >>> [body.lead for body in find_bodies("成立由市委书记任组长的市整改工作领导小组，统筹全市整改。")]
    ['市委书记']
    """
    folded = fold(text) if folded is None else folded
    kinds = _kinds(folded)
    bodies: dict[str, Body] = {}
    for sentence in _sentences(folded, kinds):
        if not any(map(folded[slice(*sentence)].__contains__, _IN_CHARGE)):
            continue
        for body in _in_sentence(text, folded, sentence):
            known = bodies.get(body.name)
            if known is None or (known.lead is None and body.lead):
                bodies[body.name] = body
    for found in _set_out(folded, kinds):
        if found["name"] not in bodies and not found["name"].endswith(_NO_BODIES):
            bodies[found["name"]] = _listed(text, found)
    return sorted(bodies.values(), key=lambda body: body.place.start)


def _kinds(folded: str) -> list[Span]:
    """Where words stand in which names of bodies end. 组织 is none."""
    found = []
    for kind in _SHORTEST_KINDS:  # searching for plain words one after another is faster than one pattern
        start = folded.find(kind)
        while start >= 0:
            end = start + len(kind)
            if folded[end : end + 1] != "织":
                found.append((start, end))
            start = folded.find(kind, end)
    return sorted(found)


def _sentences(folded: str, kinds: list[Span]) -> Iterator[Span]:
    """The sentences that name a body, and after one that is only a name (`案件查处组。由……牵头`) the two as one."""
    reached = 0
    for position, _ in kinds:
        if position < reached:
            continue
        before = _TO_SENTENCE.match(folded, reached, position)
        start = before.end() if before else reached
        sentence = _SENTENCE.match(folded, start)
        while sentence:
            yield start, sentence.end()
            start, reached = sentence.span()
            named = reached - start <= _LONGEST_NAME and folded.endswith(KINDS, start, reached)
            sentence = _SENTENCE.match(folded, reached + 1) if named and folded.startswith("!由", reached) else None


def _set_out(folded: str, kinds: list[Span]) -> Iterator[re.Match[str]]:
    """The bodies that are set out as a list, each from the line that names it."""
    reached = 0
    for position, end in kinds:
        if position < reached or not _HEADED.match(folded, end):
            continue
        found = _SET_OUT.match(folded, folded.rfind("\n", reached, position) + 1 or reached)
        if found:
            yield found
            reached = found.end()


def _listed(text: str, found: re.Match[str]) -> Body:
    duty = text[slice(*found.span("duty"))].strip(" 。\n") if found["duty"] else ""
    return Body(
        name=text[slice(*found.span("name"))],
        lead=text[slice(*found.span("lead"))].strip(" ，,、"),
        duty=duty or None,
        place=Place(*found.span()),
    )


def _in_sentence(text: str, folded: str, sentence: Span) -> Iterator[Body]:
    item = _ITEM.match(folded, *sentence)
    first = item.end() if item else sentence[0]
    heading = next((word for word in _HEADINGS if folded.startswith(word, first)), "")
    last = sentence[1]
    if len(heading) < last - first:
        first += len(heading)
    found = _SET_UP.match(folded, first, last) or _FOUNDED.search(folded, first, last)
    if found and not found["name"].endswith(_NO_BODIES):
        yield _body(text, found, (first, last))


def _body(text: str, found: re.Match[str], sentence: Span) -> Body:
    groups = found.groupdict()
    lead = next((name for name in ("lead", "seat", "chair", "named") if groups.get(name)), None)
    seated = _LEAD_AFTER_SEAT.match(text, found.end()) if lead == "seat" else None
    start = found.start("duty") if groups.get("duty") else found.end()
    end = sentence[1]
    while start < end and text[start] in "，,；;：: 。":
        start += 1
    return Body(
        name=text[slice(*found.span("name"))],
        lead=seated["lead"] if seated else text[slice(*found.span(lead))] if lead else None,
        duty=text[start:end].strip() or None,
        place=Place(sentence[0], end),
    )
