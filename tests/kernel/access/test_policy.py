"""What several roles together give, close and share."""

from __future__ import annotations

from uuid import UUID

from crm_kernel.access.policy import SUPER, Policy
from crm_kernel.access.store import Rule, Sharing, Shop
from crm_kernel.actor import Scope

PERSON, HERE, THERE, ELSEWHERE = (UUID(int=n) for n in (1, 11, 12, 13))
GROUP = UUID(int=21)


def shop(id: UUID, group: UUID | None = GROUP) -> Shop:
    return Shop(id, f"s{id.int}", "店", group, None, True, "Asia/Shanghai", "zh-CN")


def holding(*rules: Rule, roles: tuple[str, ...] = ("a", "b"), **more: object) -> Policy:
    held = [Rule("g", f"u:{PERSON}", f"r:{role}", str(HERE)) for role in roles]
    return Policy(1, [*rules, *held], **more)  # type: ignore[arg-type]


def test_the_widest_scope_of_all_roles_counts() -> None:
    policy = holding(Rule("p", "r:a", "customer.view", "own"), Rule("p", "r:b", "customer.view", "region"))
    assert policy.grants(PERSON, HERE).permissions == {"customer.view": Scope.REGION}
    assert policy.grants(PERSON, THERE).permissions == {}


def test_a_field_is_hidden_only_if_every_role_that_opens_the_record_hides_it() -> None:
    hide = [Rule("p", f"r:{role}", "field:customer.bank", "hide") for role in ("a", "b")]
    view = [Rule("p", f"r:{role}", "customer.view", "own") for role in ("a", "b")]
    assert holding(*view, *hide).grants(PERSON, HERE).hidden == {"customer.bank"}
    assert holding(*view, hide[0]).grants(PERSON, HERE).hidden == frozenset()


def test_a_role_that_has_nothing_to_do_with_the_record_opens_none_of_its_fields() -> None:
    policy = holding(
        Rule("p", "r:a", "customer.view", "own"),
        Rule("p", "r:a", "field:customer.bank", "hide"),
        Rule("p", "r:b", "complaint.view", "own"),
        prefixes={"customer": "customer"},
    )
    assert policy.grants(PERSON, HERE).hidden == {"customer.bank"}


def test_hidden_in_one_role_and_read_only_in_another_may_be_read() -> None:
    policy = holding(
        Rule("p", "r:a", "field:customer.bank", "hide"), Rule("p", "r:b", "field:customer.bank", "read")
    )
    grants = policy.grants(PERSON, HERE)
    assert (grants.hidden, grants.read_only) == (frozenset(), {"customer.bank"})


def test_the_super_administrator_may_do_everything_there_is() -> None:
    policy = holding(Rule("p", "r:a", "field:x.y", "hide"), roles=("a", SUPER), owners={"x.view": "x"})
    grants = policy.grants(PERSON, HERE)
    assert grants.super
    assert grants.permissions == {"x.view": Scope.ALL}
    assert grants.hidden == frozenset()


def test_a_module_switched_off_takes_its_permissions_with_it() -> None:
    policy = holding(
        Rule("p", "r:a", "customer.view", "own"),
        Rule("p", "r:a", "complaint.view", "own"),
        owners={"customer.view": "customer", "complaint.view": "complaint"},
        switches=[(HERE, "complaint")],
    )
    grants = policy.grants(PERSON, HERE)
    assert set(grants.permissions) == {"customer.view"}
    assert grants.modules_off == {"complaint"}


def test_a_sharing_rule_opens_the_other_dealerships_of_the_group_and_no_others() -> None:
    rule = Sharing(GROUP, "customer", None, None, "vip", frozenset({"name"}))
    policy = Policy(1, (), shops=[shop(HERE), shop(THERE), shop(ELSEWHERE, None)], sharing=[rule])
    (shared,) = policy.shared(HERE)
    assert shared.dealership_ids == {THERE}
    assert (shared.entity, shared.tag, shared.fields) == ("customer", "vip", {"name"})
    assert policy.shared(ELSEWHERE) == ()


def test_a_sharing_rule_may_name_one_source_and_one_target() -> None:
    rule = Sharing(GROUP, "customer", THERE, HERE, "", frozenset({"name"}))
    policy = Policy(1, (), shops=[shop(HERE), shop(THERE)], sharing=[rule])
    assert policy.shared(HERE)[0].dealership_ids == {THERE}
    assert policy.shared(THERE) == ()
