"""Everything the running plugins brought, checked for contradictions and easy to look up."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar

from crm_kernel import contributions as c
from crm_kernel.text import Text, messages

_ = messages("kernel")
T = TypeVar("T")

RECORD_VERBS: tuple[tuple[str, Text, bool], ...] = (
    ("view", _("view"), False),
    ("create", _("add"), False),
    ("change", _("change"), False),
    ("delete", _("delete"), False),
    ("restore", _("restore"), False),
    ("history", _("see history"), False),
    ("print", _("print"), False),
    ("import", _("import"), False),
    ("reveal", _("reveal masked values"), False),
    ("export", _("export and copy out"), True),
    ("move", _("move in bulk"), True),
    ("purge", _("purge"), True),
)
"""What may be done with every record; reserved verbs are granted by the super administrator only."""

WRITING = frozenset({"create", "change", "delete", "restore", "import", "move", "purge"})
"""Those verbs that a mirrored record type has not."""

COLLECTED: dict[str, type[Any] | tuple[type[Any], ...]] = {
    "register_settings": c.Setting,
    "register_permissions": c.Permission,
    "register_roles": c.RoleGrant,
    "register_services": (c.Offer, c.Ask),
    "register_entities": c.Entity,
    "register_menu": c.MenuItem,
    "register_slots": c.Slot,
    "register_panels": c.Panel,
    "register_events": c.EventType,
    "register_subscriptions": c.Subscription,
    "register_jobs": c.Job,
    "register_dictionaries": c.Dictionary,
    "register_flows": (c.Flow, c.ApprovalKind),
    "register_blockers": c.Blocker,
    "register_links": c.Link,
    "register_notifications": c.NotificationType,
    "register_search": c.SearchAction,
    "register_reports": c.Report,
    "register_dossiers": c.DossierSection,
    "register_importers": c.Importer,
    "register_mail_takers": c.MailTaker,
    "register_sync_kinds": c.SyncKind,
    "register_personal_data": c.PersonalData,
    "register_commands": c.Command,
    "register_demo_data": c.DemoData,
}
"""The hooks whose values are gathered at boot, with the type each must return."""

_UNIQUE: tuple[tuple[type[Any], str], ...] = (
    (c.Permission, "name"),
    (c.Entity, "name"),
    (c.Entity, "plural"),
    (c.Slot, "name"),
    (c.EventType, "name"),
    (c.Subscription, "name"),
    (c.Job, "name"),
    (c.Dictionary, "name"),
    (c.Flow, "name"),
    (c.Flow, "entity"),
    (c.ApprovalKind, "name"),
    (c.NotificationType, "name"),
    (c.Report, "name"),
    (c.DossierSection, "name"),
    (c.Importer, "kind"),
    (c.SyncKind, "name"),
    (c.MailTaker, "name"),
    (c.Command, "name"),
    (c.Setting, "name"),
)


class Registry:
    """Contributions by type, in boot order, each with the plugin it came from."""

    def __init__(self) -> None:
        self._by_type: dict[type[Any], list[tuple[str, Any]]] = defaultdict(list)
        self._entities: dict[object, c.Entity] = {}
        """By name, plural and mapped class."""
        self._flows: dict[str, c.Flow] = {}
        self._events: dict[str, c.EventType] = {}

    def add(self, plugin: str, values: list[Any]) -> None:
        """Take a plugin's contributions all together, or raise ValueError and take none."""
        values = values + [p for e in values if isinstance(e, c.Entity) for p in entity_permissions(e)]
        for kind, attribute in _UNIQUE:
            taken = {getattr(value, attribute) for value in self.of(kind)}
            for value in values:
                if isinstance(value, kind):
                    name = getattr(value, attribute)
                    if name in taken:
                        raise ValueError(f"{kind.__name__} {name!r} exists already")
                    taken.add(name)
        known = {p.name for p in self.of(c.Permission)} | {
            p.name for p in values if isinstance(p, c.Permission)
        }
        for value in values:
            permission = getattr(value, "permission", None)
            if isinstance(permission, str) and (not permission or permission not in known):
                raise ValueError(f"{type(value).__name__} needs a permission that exists, not {permission!r}")
        for value in values:
            self._by_type[type(value)].append((plugin, value))
        self._index()

    def remove(self, plugin: str) -> None:
        """Forget what a plugin brought."""
        for kind, held in self._by_type.items():
            self._by_type[kind] = [(owner, value) for owner, value in held if owner != plugin]
        self._index()

    def _index(self) -> None:
        self._entities = {}
        for entity in self.of(c.Entity):
            for key in (entity.name, entity.plural, entity.model):
                self._entities.setdefault(key, entity)
        self._events = {event.name: event for event in self.of(c.EventType)}
        self._flows = {flow.entity: flow for flow in self.of(c.Flow)}

    def of(self, kind: type[T]) -> list[T]:
        """All values of a type."""
        return [value for _owner, value in self._by_type[kind]]

    def owned(self, kind: type[T]) -> list[tuple[str, T]]:
        """All values of a type with their plugins."""
        return list(self._by_type[kind])

    def owner(self, value: object) -> str:
        """The plugin that brought this very value."""
        for owner, held in self._by_type[type(value)]:
            if held is value:
                return owner
        raise KeyError(value)

    def entity(self, name: str) -> c.Entity | None:
        """An entity by its name or by its plural (the URL)."""
        return self._entities.get(name)

    def entity_of(self, model: type[Any]) -> c.Entity | None:
        """The entity declared for a mapped class."""
        return self._entities.get(model)

    def flow_of(self, entity: str) -> c.Flow | None:
        """The flow the records of an entity (by its name) follow."""
        return self._flows.get(entity)

    def event(self, name: str) -> c.EventType | None:
        """A declared event by its name."""
        return self._events.get(name)

    @property
    def permissions(self) -> dict[str, c.Permission]:
        """Every permission there is, by name."""
        return {permission.name: permission for permission in self.of(c.Permission)}


def entity_permissions(entity: c.Entity) -> list[c.Permission]:
    """The rights every entity has: `<prefix>.view` and so on; of a mirrored one those that leave it as it
    is."""
    return [
        c.Permission(
            entity.permission(verb), _("{entity}: {verb}")(entity=entity.label, verb=label), reserved
        )
        for verb, label, reserved in RECORD_VERBS
        if not (entity.mirrored and verb in WRITING)
    ]


def withheld(entity: c.Entity) -> frozenset[str]:
    """Rights nobody can have, because the record type is mirrored."""
    return frozenset(entity.permission(verb) for verb in WRITING) if entity.mirrored else frozenset()
