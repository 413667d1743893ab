"""Lists people in a dealership keep at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.actor import Actor
from crm_kernel.records.views.view import ViewDraft

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


async def keep_views(kernel: Kernel, actor: Actor) -> None:
    """Views shared with everybody, so that each list opens with tabs."""
    kept = (
        ("customer", "金卡与 VIP", {"level[in]": "gold,vip", "sort": "-registered_on"}),
        ("customer", "潜客", {"status": "prospect"}),
        ("customer", "近一年建档", {"registered_on[within]": "last-365-days", "sort": "-registered_on"}),
        ("customer", "单位客户", {"kind": "company"}),
        ("vehicle", "60 天内脱保", {"warranty_until[within]": "next-60-days"}),
        ("vehicle", "60 天内商业险到期", {"commercial_until[within]": "next-60-days"}),
        ("repair_order", "在修", {"settled_on[empty]": "true"}),
        ("repair_order", "近 30 天进厂", {"arrived_on[within]": "last-30-days"}),
    )
    for place, (entity, name, params) in enumerate(kept):
        draft = ViewDraft(name=name, params=params, shared=True, position=place)
        await kernel.service("views").add(actor, entity, draft)
