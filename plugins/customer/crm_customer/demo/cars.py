"""Made-up cars with VINs that hold and plates that could be issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from crm_customer.trade import vin

MODELS = (
    ("LSV", "上汽大众", "帕萨特", "330TSI 豪华版", False),
    ("LSV", "上汽大众", "途观L", "380TSI 四驱", False),
    ("LSV", "上汽大众", "ID.3", "2024款 活力版", True),
    ("LFV", "一汽-大众", "迈腾", "330TSI 尊贵型", False),
    ("LFV", "一汽-大众", "探岳", "300TSI 两驱", False),
    ("LVG", "广汽丰田", "凯美瑞", "2.0G 豪华版", False),
    ("LVG", "广汽丰田", "汉兰达", "2.5L 混动四驱", False),
    ("LHG", "广汽本田", "雅阁", "260TURBO 旗舰版", False),
    ("LGX", "比亚迪", "汉EV", "冠军版 715KM", True),
    ("LGX", "比亚迪", "秦PLUS DM-i", "120KM 尊贵型", True),
    ("LGX", "比亚迪", "元PLUS", "510KM 领航型", True),
)
COLORS = ("白", "黑", "灰", "银", "蓝", "红")
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
_SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Car:
    """A made-up car."""

    vin: str
    plate: str
    brand: str
    series: str
    model: str
    color: str
    purchased_on: date
    yearly_km: int


def car(chance: Random, purchased_on: date, number: int) -> Car:
    """The `number`-th car."""
    maker, brand, series, model, electric = chance.choice(MODELS)
    year = _YEARS[(purchased_on.year - 1980) % 30]
    features = "".join(chance.choice(_SIGNS) for _place in range(5))
    draft = f"{maker}{features}0{year}{chance.choice('ABC123')}{number:06d}"
    full = draft[:8] + vin.check_digit(draft) + draft[9:]
    serial = f"{chance.randrange(1000, 9999)}"
    plate = f"浙A{'D' if electric else chance.choice('BCEGHKM')}{chance.randrange(10)}{serial}"
    if not electric:
        plate = plate[:-1]
    return Car(
        full, plate, brand, series, model, chance.choice(COLORS), purchased_on, chance.randrange(6, 24) * 1000
    )
