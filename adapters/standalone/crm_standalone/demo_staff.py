"""The people of the demo dealership: departments, teams, colleagues of every role, applicants at the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_kernel.access.organisation import Department, Team
from crm_kernel.access.store import Shop
from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel
from crm_standalone.accounts.applications import Wish
from crm_standalone.accounts.secrets import new_password

SALES, SERVICE, CENTRE, MARKETING = "销售部", "售后服务部", "客户服务中心", "市场部"
TEAMS = {SALES: ("展厅一组", "展厅二组"), SERVICE: ("前台接待组",), CENTRE: ("回访组",), MARKETING: ()}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here. With a `login` he may sign in; the password is the demo account's."""

    name: str
    position: str
    role: str
    department: str = ""
    team: str = ""
    login: str = ""


COLLEAGUES = (
    Colleague("周建国", "总经理", "general_manager", login="manager"),
    Colleague("陈立新", "销售经理", "sales_manager", SALES, login="sales-manager"),
    Colleague("赵敏", "销售顾问", "sales_consultant", SALES, "展厅一组", "sales"),
    Colleague("李浩", "销售顾问", "sales_consultant", SALES, "展厅一组"),
    Colleague("张琳", "销售顾问", "sales_consultant", SALES, "展厅二组"),
    Colleague("王磊", "销售顾问", "sales_consultant", SALES, "展厅二组"),
    Colleague("陈晓", "服务顾问", "service_advisor", SERVICE, "前台接待组", "service"),
    Colleague("周强", "服务顾问", "service_advisor", SERVICE, "前台接待组"),
    Colleague("吴涛", "服务顾问", "service_advisor", SERVICE, "前台接待组"),
    Colleague("孙丽", "客户服务中心主管", "customer_service_supervisor", CENTRE, login="centre"),
    Colleague("何静", "客服专员", "service_agent", CENTRE, "回访组", "agent"),
    Colleague("郭芳", "客服专员", "service_agent", CENTRE, "回访组"),
    Colleague("唐颖", "市场专员", "marketing", MARKETING, login="marketing"),
)
LOGINS = {one.login: one for one in COLLEAGUES if one.login}
APPLICANTS = (
    ("林小雨", "linxiaoyu", "sales", "staff", "新入职销售顾问，师傅是赵敏。"),
    ("黄志强", "huangzhiqiang", "service", "team_leader", "从城东店调来，负责前台接待。"),
)


async def hire(kernel: Kernel, by: Actor, shop: Shop) -> None:
    """Give the dealership its name, its place in a group, and everybody who works there. All or nothing."""
    organisation: Any = kernel.service("organisation")
    async with kernel.db.work(by, now=kernel.clock.now()):
        group = await organisation.create_group(by, "zhongchi", "众驰汽车集团")
        region = await organisation.create_region(by, group.id, "hangzhou", "杭州大区")
        await organisation.change_dealership(by, shop.id, name="杭州众驰城西店")
        await organisation.move_dealership(by, shop.id, group_id=group.id, region_id=region.id)
        departments: dict[str, Department] = {}
        teams: dict[str, Team] = {}
        for name, parts in TEAMS.items():
            departments[name] = await organisation.create_department(by, shop.id, name)
            for part in parts:
                teams[part] = await organisation.create_team(by, shop.id, part, departments[name].id)
        for number, one in enumerate(COLLEAGUES, start=1):
            department, team = departments.get(one.department), teams.get(one.team)
            staff = await organisation.create_staff(
                by,
                f"E{number:03d}",
                one.name,
                dealership_id=shop.id,
                department_id=department.id if department else None,
                team_id=team.id if team else None,
                position=one.position,
            )
            await kernel.service("policy").grant(by, staff.id, one.role, shop.id)
            if one.login:
                await kernel.service("accounts").create_account(by, staff.id, one.login)
    for name, login, kind, level, remark in APPLICANTS:
        wish = Wish(name, login, new_password(), "13900001111", kind, level, shop.code, remark)
        await kernel.service("applications").apply(wish)
