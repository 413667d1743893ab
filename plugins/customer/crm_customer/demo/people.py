"""Made-up people and companies. Their mobiles lie in blocks with four zeros, so that nobody is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN_MALE = "伟强磊军勇杰涛明超刚浩宇轩博文志鹏建华俊辉宁波凯晨铭泽瑞"
GIVEN_FEMALE = "芳娜敏静丽艳娟霞秀玲婷雪慧莹欣怡佳琪梦洁颖琳雨晴思涵悦"
DISTRICTS = ("西湖区", "上城区", "拱墅区", "滨江区", "萧山区", "余杭区", "临平区", "钱塘区")
STREETS = (
    "文三路",
    "江南大道",
    "莫干山路",
    "解放东路",
    "市心中路",
    "文一西路",
    "迎宾路",
    "金沙大道",
    "庆春路",
)
TRADES = ("贸易", "科技", "物流", "建筑工程", "餐饮管理", "装饰设计", "医疗器械", "文化传媒", "租赁")
WORDS = ("鑫达", "宏远", "瑞丰", "华盛", "天诚", "凯旋", "中联", "汇通", "锦程", "博雅", "嘉和", "永泰")
JOBS = (
    "工程师",
    "教师",
    "医生",
    "个体经营",
    "公务员",
    "销售经理",
    "会计",
    "设计师",
    "律师",
    "程序员",
    "厂长",
)
HOBBIES = ("自驾游", "露营", "钓鱼", "摄影", "篮球", "羽毛球", "亲子活动", "骑行", "美食")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A made-up customer."""

    name: str
    company: bool
    sex: str
    birthday: date | None
    mobile: str
    address: str
    job: str
    hobby: str


def somebody(chance: Random, today: date, number: int) -> Somebody:
    """The `number`-th customer; one in eight is a company."""
    mobile = f"1{chance.choice('35789')}{chance.randrange(10)}0000{number % 10_000:04d}"
    address = f"浙江省杭州市{chance.choice(DISTRICTS)}{chance.choice(STREETS)}{chance.randrange(1, 900)}号"
    if chance.random() < 0.125:
        name = f"杭州{chance.choice(WORDS)}{chance.choice(TRADES)}有限公司"
        return Somebody(name, True, "unknown", None, mobile, address, "", "")
    sex = chance.choice(("male", "female"))
    given = GIVEN_MALE if sex == "male" else GIVEN_FEMALE
    name = chance.choice(SURNAMES) + "".join(chance.sample(given, chance.choice((1, 2, 2))))
    birthday = today - timedelta(days=chance.randrange(22 * 365, 66 * 365))
    return Somebody(name, False, sex, birthday, mobile, address, chance.choice(JOBS), chance.choice(HOBBIES))
