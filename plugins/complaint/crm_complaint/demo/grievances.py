"""What customers of the demo dealership complain about, and what is found and done."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = 365


@dataclass(frozen=True, slots=True)
class Grievance:
    """Something that goes wrong. `often` weighs it against the others over the year; `cause` is a code."""

    subject: str
    type: str
    problem: str
    told: str
    finding: str
    cause: str
    solution: str
    cost: int = 0
    often: int = 1
    electric: bool = False


BRAKES = Grievance(
    "保养后刹车异响", "repair", "brakes", "上周做完保养，低速踩刹车就吱吱响。",
    "试车确认异响，前制动片更换后未做倒角。", "work", "免费重新处理制动片并道歉", 260, 5,
)  # fmt: skip
SCREEN = Grievance(
    "中控屏黑屏", "quality", "electrics.screen", "升级系统之后，行驶中黑屏两次，倒车影像也没有。",
    "读取日志，确认新版本偶发重启。", "product", "回退系统版本，厂家修复后通知升级", 180, 0,
)  # fmt: skip
WAITED = Grievance(
    "等待三小时未接待", "service", "workshop.wait", "预约了九点，到店后没人接车，等到十二点。",
    "当日接车人员请假，未调整预约。", "process", "当面致歉，赠送一次基础保养", 380, 5,
)  # fmt: skip
UNCLEAR = Grievance(
    "收费明细未说明", "price", "charges.unclear", "结账时多了两项，没人事先告诉我。",
    "增项有必要，但未让客户确认。", "process", "逐项说明并减免工时费", 150, 4,
)  # fmt: skip
PAINT = Grievance(
    "新车漆面有划痕", "delivery", "body.paint", "交车第二天发现右后门有一道划痕。",
    "交车检查照片中可见划痕。", "process", "免费抛光修复", 420, 2,
)  # fmt: skip
GEARBOX = Grievance(
    "变速箱低速顿挫，已返修两次", "quality", "gearbox.jerk", "二挡换一挡顿得厉害，修了两次还是一样。",
    "阀体压力偏低，前两次只做了匹配。", "product", "保修更换阀体总成", 3800, 2,
)  # fmt: skip
RANGE = Grievance(
    "冬季续航明显不足", "quality", "battery.range", "天一冷续航只剩一半，跟宣传差太多。",
    "电池健康度正常，低温下能耗升高。", "use", "讲解冬季用车方法并赠送检测", 0, 3, electric=True,
)  # fmt: skip
PROMISE = Grievance(
    "销售承诺的赠品未兑现", "sales", "counter.promise", "买车时说好送脚垫和贴膜，一直没给。",
    "销售顾问口头承诺，未写进合同。", "talk", "补齐赠品", 900, 3,
)  # fmt: skip
LEAK = Grievance(
    "下雨天窗漏水", "quality", "body.water", "这几天下大雨，天窗边往里滴水。",
    "天窗排水管堵塞。", "product", "疏通排水管并烘干内饰", 320, 2,
)  # fmt: skip
LATE = Grievance(
    "约定交车时间延误两天", "delivery", "workshop.late", "说好周三取车，拖到周五才通知。",
    "配件到货晚，未及时告知客户。", "supply", "说明原因并提供代步车", 200, 3,
)  # fmt: skip
AGAIN = Grievance(
    "同一故障第三次进厂", "repair", "workshop.again", "空调不制冷，修了三次，夏天根本没法开。",
    "压缩机电磁阀间歇性失效，此前未检出。", "work", "更换电磁阀并延长该项保修", 1200, 3,
)  # fmt: skip
MANNER = Grievance(
    "前台态度冷淡", "service", "counter.manner", "问了几句就不耐烦，连杯水都没有。",
    "核实监控，接待流程未执行。", "talk", "店长致电道歉", 0, 3,
)  # fmt: skip
OIL = Grievance(
    "机油消耗偏高", "quality", "engine.oil", "不到五千公里就亮机油灯，加了两次。",
    "称重检测，消耗量在厂家标准以内。", "none", "说明检测结果，三千公里后复检", 0, 2,
)  # fmt: skip
PARTS = Grievance(
    "保险杠配件等了一个月", "parts", "workshop.late", "事故车放在店里一个月，天天说配件在路上。",
    "厂家该件缺货，未提供替代方案。", "supply", "调拨外地库存，提供代步车", 600, 2,
)  # fmt: skip
GRIEVANCES = (
    BRAKES, SCREEN, WAITED, UNCLEAR, PAINT, GEARBOX, RANGE, PROMISE, LEAK, LATE, AGAIN, MANNER, OIL, PARTS,
)  # fmt: skip

LOOP = ("assign", "investigate", "propose", "agree", "carry_out", "follow_up", "satisfied")
TWICE = (*LOOP[:6], "unsatisfied", *LOOP[2:])
INVALID = ("assign", "investigate", "reject", "explain")
PAUSED = ("assign", "await_customer", "answered", *LOOP[1:])
FORCED = ("assign", "investigate", "propose", "force_close")
COURSES = ((LOOP, 70), (TWICE, 12), (INVALID, 12), (PAUSED, 8), (FORCED, 3))
"""Courses that a complaint of the past took, with their weights."""

TODAY: tuple[tuple[Grievance, str, str, int, tuple[str, ...]], ...] = (
    (BRAKES, "general", "phone", 12, LOOP),
    (SCREEN, "general", "phone", 11, LOOP),
    (WAITED, "general", "visit", 9, INVALID),
    (GEARBOX, "important", "phone", 8, (*LOOP[:6], "unsatisfied")),
    (SCREEN, "escalated", "wechat", 7, LOOP[:5]),
    (UNCLEAR, "general", "wechat", 6, LOOP),
    (PAINT, "escalated", "visit", 5, LOOP[:4]),
    (RANGE, "urgent", "regulator", 4, LOOP[:2]),
    (SCREEN, "general", "phone", 4, LOOP[:4]),
    (PROMISE, "escalated", "phone", 4, LOOP[:5]),
    (LEAK, "general", "phone", 3, LOOP[:3]),
    (LATE, "general", "mail", 2, ("assign", "await_customer")),
    (SCREEN, "general", "phone", 1, LOOP[:1]),
    (MANNER, "general", "web", 1, LOOP[:1]),
    (SCREEN, "general", "visit", 0, ()),
    (AGAIN, "important", "maker", 0, ()),
)
"""What came in lately: grievance, level, channel, days ago, and how far it has come."""

SUGGESTIONS = (
    ("休息区增加儿童看护", "facilities", "带孩子来保养，希望有人照看。", "已安排周末专人值守", "adopted", 96),
    ("维修进度用微信告知", "service", "不想一直打电话问。", "正在测试进度推送", "partly", 40),
    ("周末延长营业到八点", "service", "平时上班，只有周末晚上有空。", "", "open", 6),
)
"""Subject, category, words, answer, adoption, days ago."""
