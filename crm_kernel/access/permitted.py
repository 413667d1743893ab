"""The guard on service methods: names the permission once and hands its scope on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from crm_kernel.actor import Access, Actor

P = ParamSpec("P")
S = TypeVar("S")
R = TypeVar("R")


def permitted(
    permission: str,
) -> Callable[[Callable[Concatenate[S, Access, P], R]], Callable[Concatenate[S, Actor, P], R]]:
    """Let a service method run only for actors who hold `permission`.

    Callers pass the Actor; the method receives the Access (actor, permission, scope) in its place. Refuses
    at the call with Forbidden, before anything is awaited or written.
    """
    if not permission:
        raise ValueError("a permission needs a name; use @public for methods open to everybody")

    def guard(method: Callable[Concatenate[S, Access, P], R]) -> Callable[Concatenate[S, Actor, P], R]:
        @wraps(method)
        def call(self: S, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return method(self, actor.access(permission), *args, **kwargs)

        call.permission = permission  # type: ignore[attr-defined]
        return call

    return guard


F = TypeVar("F", bound=Callable[..., Any])


def public(method: F) -> F:
    """Declare that a service method checks rights itself or needs none; say why in its docstring."""
    method.public = True  # type: ignore[attr-defined]
    return method
