"""How far a permission reaches, in a word; permissions as administrators read them, module by module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crm_kernel.actor import Scope
from crm_kernel.contributions import Entity, Permission
from crm_kernel.kernel import Kernel
from crm_kernel.registry import RECORD_VERBS
from crm_kernel.text import Text, messages

_ = messages("kernel")

SCOPE_LABELS: dict[Scope, Text] = {
    Scope.OWN: _("own"),
    Scope.TEAM: _("team"),
    Scope.DEPARTMENT: _("department"),
    Scope.DEALERSHIP: _("dealership"),
    Scope.REGION: _("region"),
    Scope.GROUP: _("group"),
    Scope.ALL: _("everything"),
}
GENERAL = _("In general")


@dataclass(slots=True)
class Section:
    """Permissions that belong together: those of one record type, or a module's own (`entity` None)."""

    label: Text
    entity: Entity | None
    permissions: list[tuple[Permission, Text]] = field(default_factory=list)


@dataclass(slots=True)
class Module:
    """A module's permissions."""

    name: str
    label: Text | str
    sections: list[Section] = field(default_factory=list)

    @property
    def own_only(self) -> bool:
        """Whether it has no record types."""
        return all(section.entity is None for section in self.sections)


def modules_of(kernel: Kernel) -> list[Module]:
    """Every permission there is, by module and record type, each with its label."""
    verbs = {verb: label for verb, label, _reserved in RECORD_VERBS}
    entities = {entity.prefix: entity for entity in kernel.registry.of(Entity)}
    found: dict[str, Module] = {}
    for plugin, permission in kernel.registry.owned(Permission):
        manifest = kernel.plugins[plugin].manifest
        module = found.setdefault(plugin, Module(plugin, manifest.label if manifest else plugin))
        prefix, _dot, verb = permission.name.rpartition(".")
        entity = entities.get(prefix)
        section = next((s for s in module.sections if s.entity is entity), None)
        if section is None:
            section = Section(entity.plural_label if entity else GENERAL, entity)
            module.sections.append(section)
        label = verbs[verb] if entity is not None and verb in verbs else permission.label
        section.permissions.append((permission, label))
    for module in found.values():
        module.sections.sort(key=lambda section: section.entity is None)
    return sorted(found.values(), key=lambda module: (kernel.plugins[module.name].builtin, module.own_only))


def permissions_of(kernel: Kernel) -> Iterator[Permission]:
    """The same, one after the other."""
    for module in modules_of(kernel):
        for section in module.sections:
            for permission, _label in section.permissions:
                yield permission
