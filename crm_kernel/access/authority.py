"""What somebody may hand on: never a right he lacks, never further than his own reaches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.policy import EVERYWHERE, SUPER
from crm_kernel.actor import Actor, Scope

if TYPE_CHECKING:
    from crm_kernel.access.policy import Policy


class Authority:
    """An actor's own rights, seen as the limit of what he may give, take and manage.

    A dealership of None means everywhere: rights that hold in every dealership.
    """

    def __init__(self, policy: Policy, actor: Actor) -> None:
        self._policy = policy
        self.actor = actor
        self.super = actor.grants.super

    def holds(self, permission: str, scope: Scope, dealership: UUID | None) -> bool:
        """Whether the actor has the permission in that dealership (None: in every one), so far at least."""
        held = self.actor.grants.permissions.get(permission)
        if self.super or held == Scope.ALL:
            return True
        if dealership is not None and held is not None and scope <= held and self._reaches(held, dealership):
            return True
        there = self._policy.grants(self.actor.id, dealership).permissions.get(permission)
        return there is not None and scope <= there

    def over_dealership(self, permission: str, dealership: UUID | None) -> bool:
        """Whether a managing permission covers a whole dealership (None: all of them)."""
        return self.holds(permission, Scope.DEALERSHIP, dealership)

    def over_region(self, permission: str, region: UUID | None, group: UUID | None) -> bool:
        """Whether a managing permission covers a whole region."""
        held = self.actor.grants.permissions.get(permission)
        place = self.actor.place
        own = held is not None and held >= Scope.REGION and region is not None and place.region_id == region
        return own or self.over_group(permission, group)

    def over_group(self, permission: str, group: UUID | None) -> bool:
        """Whether a managing permission covers a whole group (None: everything)."""
        held = self.actor.grants.permissions.get(permission)
        if self.holds(permission, Scope.DEALERSHIP, None):
            return True
        return held == Scope.GROUP and group is not None and self.actor.place.group_id == group

    def _reaches(self, scope: Scope, dealership: UUID) -> bool:
        place, shop = self.actor.place, self._policy.shops.get(dealership)
        if place.dealership_id == dealership:
            return True
        if shop is None:
            return False
        if scope >= Scope.GROUP and place.group_id is not None and shop.group_id == place.group_id:
            return True
        return scope >= Scope.REGION and place.region_id is not None and shop.region_id == place.region_id

    def covers(
        self,
        permissions: Mapping[str, Scope],
        fields: Mapping[str, str],
        dealership: UUID | None,
        reserved: Collection[str] = (),
    ) -> bool:
        """Whether all these rights lie within the actor's own there, and close what is closed to him.

        `reserved` names permissions that count as lacking, whoever holds them.
        """
        if self.super:
            return True
        held = all(
            permission not in reserved and self.holds(permission, scope, dealership)
            for permission, scope in permissions.items()
        )
        grants = self.actor.grants
        closed = all(fields.get(name) == "hide" for name in grants.hidden)
        return held and closed and all(name in fields for name in grants.read_only)

    def covers_role(self, role: str, dealership: UUID | None, reserved: Collection[str] = ()) -> bool:
        """Whether a role, as it stands, gives nothing beyond the actor's own rights there."""
        if role == SUPER:
            return self.super
        return self.covers(self._policy.permissions(role), self._policy.fields(role), dealership, reserved)

    def covers_person(self, staff: UUID) -> bool:
        """Whether a person holds nothing, anywhere, that the actor does not: such people he may manage."""
        if self.super or staff == self.actor.id:
            return True
        return all(
            self.covers_role(role, None if place == EVERYWHERE else UUID(place))
            for place, roles in self._policy.places(staff).items()
            for role in roles
        )
