"""All rules at one revision, indexed so that a person's grants are compiled by look-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from crm_kernel.access.store import Rule, Sharing, Shop
from crm_kernel.actor import NO_PERMISSIONS, Grants, Scope, Shared

SUPER = "super_administrator"
EVERYWHERE = "*"
FIELD = "field:"


class Policy:
    """The rules, switches, dealerships and sharing at one revision.

    `owners` maps every permission there is to the plugin that brought it, `prefixes` every entity to the
    first part of its permissions.
    """

    def __init__(
        self,
        revision: int,
        rules: Iterable[Rule],
        *,
        switches: Iterable[tuple[UUID, str]] = (),
        shops: Iterable[Shop] = (),
        sharing: Iterable[Sharing] = (),
        owners: Mapping[str, str] = MappingProxyType({}),
        prefixes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.revision = revision
        self.owners = owners
        self._prefixes = prefixes
        self.shops = {shop.id: shop for shop in shops}
        self.sharing = tuple(sharing)
        self._permissions: dict[str, dict[str, Scope]] = defaultdict(dict)
        self._fields: dict[str, dict[str, str]] = defaultdict(dict)
        self._roles_of: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._off: dict[UUID, set[str]] = defaultdict(set)
        self._compiled: dict[tuple[UUID, UUID | None], Grants] = {}
        for rule in rules:
            if rule.ptype == "g":
                self._roles_of[rule.v0][rule.v2].add(rule.v1.removeprefix("r:"))
            elif rule.v1.startswith(FIELD):
                self._fields[rule.v0.removeprefix("r:")][rule.v1.removeprefix(FIELD)] = rule.v2
            else:
                held = self._permissions[rule.v0.removeprefix("r:")]
                scope = Scope[rule.v2.upper()]
                held[rule.v1] = max(scope, held.get(rule.v1, scope))
        for dealership, plugin in switches:
            self._off[dealership].add(plugin)

    def permissions(self, role: str) -> Mapping[str, Scope]:
        """What a role gives."""
        return self._permissions.get(role, NO_PERMISSIONS)

    def fields(self, role: str) -> Mapping[str, str]:
        """The `entity.field` names a role closes, each with `hide` or `read`."""
        return self._fields.get(role, {})

    def places(self, staff: UUID) -> dict[str, frozenset[str]]:
        """A person's roles by dealership id; `*` holds those held everywhere."""
        held = self._roles_of.get(f"u:{staff}", {})
        return {place: frozenset(roles) for place, roles in held.items() if roles}

    def roles(self, staff: UUID, dealership: UUID | None) -> frozenset[str]:
        """A person's roles in a dealership, those held everywhere included (None: only those)."""
        held = self.places(staff)
        return held.get(EVERYWHERE, frozenset()) | held.get(str(dealership), frozenset())

    def holders(self, role: str, dealership: UUID) -> frozenset[UUID]:
        """Who holds a role in a dealership, or everywhere."""
        return self._people({role}, EVERYWHERE, str(dealership))

    def holding(self, permission: str) -> frozenset[UUID]:
        """Who has a permission in any dealership."""
        giving = {SUPER, *(role for role, given in self._permissions.items() if permission in given)}
        return self._people(giving, EVERYWHERE, *map(str, self.shops))

    def _people(self, roles: set[str], *places: str) -> frozenset[UUID]:
        held = {who: set().union(*(at.get(one, ()) for one in places)) for who, at in self._roles_of.items()}
        return frozenset(UUID(who.removeprefix("u:")) for who, here in held.items() if roles & here)

    def off(self, dealership: UUID) -> frozenset[str]:
        """Plugins switched off in a dealership."""
        return frozenset(self._off.get(dealership, ()))

    def grants(self, staff: UUID, dealership: UUID | None) -> Grants:
        """A person's rights in a dealership, compiled when first asked for."""
        found = self._compiled.get((staff, dealership))
        if found is None:
            roles = self.roles(staff, dealership)
            found = self._compiled[staff, dealership] = self._grants(roles, dealership)
        return found

    def super_grants(self, dealership: UUID | None) -> Grants:
        """The rights of somebody who may do everything, in a dealership."""
        return self._grants(frozenset({SUPER}), dealership)

    def _grants(self, roles: frozenset[str], dealership: UUID | None) -> Grants:
        is_super = SUPER in roles
        off = self.off(dealership) if dealership else frozenset[str]()
        held: dict[str, Scope] = dict.fromkeys(self.owners, Scope.ALL) if is_super else {}
        hidden = read_only = frozenset[str]()
        if not is_super:
            for role in roles:
                for permission, scope in self.permissions(role).items():
                    held[permission] = max(scope, held.get(permission, scope))
            hidden, read_only = self._restricted(roles)
        if off:
            held = {name: scope for name, scope in held.items() if self.owners.get(name) not in off}
        return Grants(
            permissions=MappingProxyType(held),
            hidden=hidden,
            read_only=read_only,
            roles=roles,
            super=is_super,
            revision=self.revision,
            modules_off=off,
            shared=self.shared(dealership),
        )

    def _restricted(self, roles: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """A field is as open as the most generous of the roles that let the person at its entity."""
        names = {name for role in roles for name in self.fields(role)}
        hidden, closed = set(), set()
        for name in names:
            marks = [self.fields(role).get(name) for role in self._concerned(roles, name)]
            if all(mark == "hide" for mark in marks):
                hidden.add(name)
            elif all(marks):
                closed.add(name)
        return frozenset(hidden), frozenset(closed)

    def _concerned(self, roles: frozenset[str], field: str) -> Iterable[str]:
        entity = field.partition(".")[0]
        start = self._prefixes.get(entity, entity) + "."
        return [
            role for role in roles if any(name.startswith(start) for name in self.permissions(role))
        ] or roles

    def shared(self, dealership: UUID | None) -> tuple[Shared, ...]:
        """What other dealerships of the group let this one find."""
        here = self.shops.get(dealership) if dealership else None
        if here is None or here.group_id is None:
            return ()
        group = {shop.id for shop in self.shops.values() if shop.group_id == here.group_id}
        found = []
        for rule in self.sharing:
            if rule.group_id != here.group_id or rule.target_id not in (None, here.id):
                continue
            sources = (group if rule.source_id is None else group & {rule.source_id}) - {here.id}
            if sources:
                found.append(Shared(rule.entity, frozenset(sources), rule.tag, rule.fields))
        return tuple(found)
