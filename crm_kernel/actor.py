"""Who acts, where he stands in the group, and what he may do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from uuid import UUID

from crm_kernel.errors import Forbidden


class Scope(IntEnum):
    """How far a permission reaches; a wider scope includes every narrower one."""

    OWN = 1
    TEAM = 2
    DEPARTMENT = 3
    DEALERSHIP = 4
    REGION = 5
    GROUP = 6
    ALL = 7

    @property
    def label(self) -> str:
        """The word stored in rules: `own`, `team`, ..."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works. A person without a dealership (a group's controller) has only a group."""

    dealership_id: UUID | None = None
    team_id: UUID | None = None
    department_id: UUID | None = None
    region_id: UUID | None = None
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """What a group's sharing rule opens to a dealership: records of others, with the named fields only.

    Records of `entity` in `dealership_ids` are found; where `tag` is set, only those that carry it.
    """

    entity: str
    dealership_ids: frozenset[UUID]
    tag: str
    fields: frozenset[str]


NO_PERMISSIONS: Mapping[str, Scope] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Grants:
    """A user's compiled rights in one dealership at one revision of the policy.

    `permissions` maps a permission to the widest scope any role gives; `hidden` and `read_only` hold
    `entity.field` names no role of the user opens; `modules_off` names plugins switched off here; `shared`
    is what other dealerships of the group let this one find.
    """

    permissions: Mapping[str, Scope] = field(default_factory=lambda: NO_PERMISSIONS)
    hidden: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    super: bool = False
    revision: int = 0
    modules_off: frozenset[str] = frozenset()
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or program) on whose behalf a request runs.

    `id` is the staff id; `via` is how the request came: `session`, `token`, `cli`, `job` or `host`.
    """

    id: UUID
    name: str
    place: Place
    grants: Grants
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    via: str = "session"
    login: str = ""
    _accesses: dict[str, Access] = field(default_factory=dict, repr=False, compare=False)

    def may(self, permission: str) -> bool:
        """Whether the permission is held at all, in any scope."""
        return permission in self.grants.permissions

    def access(self, permission: str) -> Access:
        """The permission together with its scope, for services and repositories.

        Raises Forbidden if the permission is not held.
        """
        found = self._accesses.get(permission)
        if found is None:
            scope = self.grants.permissions.get(permission)
            if scope is None:
                raise Forbidden(permission)
            found = self._accesses[permission] = Access(self, permission, scope)
        return found

    @property
    def dealership_id(self) -> UUID:
        """The dealership whose records the actor creates. Raises Forbidden for people outside any."""
        if self.place.dealership_id is None:
            raise Forbidden("dealership")
        return self.place.dealership_id


@dataclass(frozen=True, slots=True)
class Access:
    """One granted permission in use: what a service method receives in place of the actor."""

    actor: Actor
    permission: str
    scope: Scope
