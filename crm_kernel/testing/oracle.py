"""Casbin itself, asked rule by rule: slow, and the measure of the compiled sets."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import as_file, files
from typing import Any

from crm_kernel.access.policy import SUPER
from crm_kernel.access.store import Rule
from crm_kernel.actor import Scope


def enforcer(rules: Iterable[Rule], known: Iterable[str] = ()) -> Any:
    """A Casbin enforcer over the rules and `model.conf`; `known` are all permissions there are.

    Ask `enforce("u:<staff id>", "<dealership id>", "<permission>", "<scope>")`.
    """
    import casbin

    with as_file(files("crm_kernel.access") / "model.conf") as model:
        made = casbin.Enforcer(str(model))
    made.add_function("covers", covers)
    for rule in rules:
        if rule.ptype == "g":
            made.add_grouping_policy(rule.v0, rule.v1, rule.v2)
        else:
            made.add_policy(rule.v0, rule.v1, rule.v2)
    for permission in known:
        made.add_policy(f"r:{SUPER}", permission, Scope.ALL.label)
    return made


def covers(held: str, wanted: str) -> bool:
    """Whether one scope includes another; a field right is no scope."""
    try:
        return Scope[held.upper()] >= Scope[wanted.upper()]
    except KeyError:
        return False
