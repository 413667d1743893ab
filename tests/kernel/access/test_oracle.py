"""The compiled permission sets say what Casbin says."""

from __future__ import annotations

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_kernel.access.policy import SUPER, Policy
from crm_kernel.access.store import Rule
from crm_kernel.actor import Scope
from crm_kernel.testing.oracle import covers, enforcer

PEOPLE = [UUID(int=n) for n in (1, 2, 3)]
SHOPS = [UUID(int=n) for n in (11, 12)]
ROLES = ["service_agent", "sales.manager", "a-b", SUPER]
RIGHTS = ["customer.view", "customer.export", "complaint.close", "access.manage"]
SCOPES = [scope.label for scope in Scope]

gives = st.builds(
    Rule,
    st.just("p"),
    st.sampled_from([f"r:{role}" for role in ROLES if role != SUPER]),
    st.sampled_from(RIGHTS),
    st.sampled_from(SCOPES),
)
closes = st.builds(
    Rule,
    st.just("p"),
    st.sampled_from([f"r:{role}" for role in ROLES if role != SUPER]),
    st.sampled_from(["field:customer.mobile", "field:customer.name"]),
    st.sampled_from(["hide", "read"]),
)
holds = st.builds(
    Rule,
    st.just("g"),
    st.sampled_from([f"u:{person}" for person in PEOPLE]),
    st.sampled_from([f"r:{role}" for role in ROLES]),
    st.sampled_from(["*", *map(str, SHOPS)]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(gives | closes | holds, max_size=25, unique=True))
def test_the_compiled_sets_agree_with_casbin_for_everybody_everywhere(rules: list[Rule]) -> None:
    policy = Policy(1, rules, owners=dict.fromkeys(RIGHTS, "test"))
    casbin = enforcer(rules, RIGHTS)
    for person in PEOPLE:
        for shop in SHOPS:
            held = policy.grants(person, shop).permissions
            for right in RIGHTS:
                for scope in Scope:
                    allowed = held.get(right, 0) >= scope
                    assert allowed == casbin.enforce(f"u:{person}", str(shop), right, scope.label)


def test_a_person_whose_id_equals_a_role_name_gains_nothing() -> None:
    rules = [Rule("p", "r:service_agent", "customer.view", "own")]
    assert not enforcer(rules).enforce("u:service_agent", str(SHOPS[0]), "customer.view", "own")


def test_a_field_right_is_no_permission() -> None:
    assert not covers("hide", "own")
    assert covers("group", "dealership")
    assert not covers("own", "team")
