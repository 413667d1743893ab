"""Record types: fields and their kinds, numbers, code lists, and how records hang together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.actor import Access
    from crm_kernel.kernel import Kernel


Operator = str
"""One of `eq ne gt gte lt lte in contains startswith endswith empty`, for days also `within`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of a field are read, shown and compared.

    `parse` takes what people type or a cell of a file and returns the stored value, raising ValueError
    with a reason code; `show` gives plain text for a person in a locale; `mask` gives what may be seen
    without the right to reveal. `control` names the form control, `operators` what filters offer.
    """

    name: str
    parse: Callable[[str], Any]
    show: Callable[[Any, str], str]
    operators: tuple[Operator, ...] = ("eq", "ne", "in", "empty")
    control: str = "text"
    mask: Callable[[Any], str] | None = None
    align: str = "left"
    messages: Mapping[str, Text] = field(default_factory=dict, hash=False)
    normalise: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity; its type and nullability come from the model's column of the same name.

    `sensitive` values are masked and revealed one by one; `personal` ones belong to a person's export
    and erasure. `choices` names a dictionary, `options` lists fixed (value, label) pairs, `reference`
    names the entity a foreign id points to. `aliases` are column heads of foreign files.
    `permission` is an extra right needed to see the field at all. `only` names another field and the value
    it must have for this one to make sense: forms and pages show it then only. A field that is not `shown`
    is left out of its record's page, because a panel there tells it better.
    """

    name: str
    label: Text
    kind: Kind | None = None
    required: bool = False
    sort: bool = False
    filter: bool = False
    search: bool = False
    listed: bool = False
    form: bool = True
    importable: bool = True
    export: bool = True
    personal: bool = False
    sensitive: bool = False
    read_only: bool = False
    choices: str | None = None
    options: tuple[tuple[str, Text], ...] = ()
    reference: str | None = None
    aliases: tuple[str, ...] = ()
    group: Text | None = None
    help: Text | None = None
    permission: str | None = None
    operators: tuple[Operator, ...] | None = None
    default: Any = None
    only: tuple[str, str] | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Lookup:
    """A filter people are offered beside the fields.

    `condition` is what `Entity.lookups` takes, `control` the kind of input (`text`, `date`). Look-ups
    `joined` under one name ask about one and the same thing: their condition gets a mapping by look-up.
    `options` are the values to choose from; one that is not `offered` only has a name where a link uses it.
    """

    label: Text
    condition: Any
    control: str = "text"
    joined: str = ""
    options: tuple[tuple[str, Text | str], ...] = ()
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Numbering:
    """A human number: `pattern` knows {year} {month} {day} {seq}; the counter restarts with `restart`."""

    field: str
    pattern: str
    restart: str = "never"


@dataclass(frozen=True, slots=True)
class Title:
    """What a record is called where one field alone does not say it: `words` makes a line of the values of
    `fields`, empty text standing for one that is blank or hidden.
    """

    fields: tuple[str, ...]
    words: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Entity:
    """A record type, declared once; lists, forms, API, import, export, search and audit derive from it.

    Rights are `<prefix>.view|create|change|delete|restore|export|import|print|reveal|purge|history`.
    `service` names a registered service with `create, change, delete, restore`; without one the kernel's
    own writer is used. `create` and `change` are msgspec structs; without them they are made of the fields.
    """

    name: str
    plural: str
    model: type[Any]
    label: Text
    plural_label: Text
    prefix: str
    fields: tuple[Field, ...]
    title: str = "name"
    """The field that leads lists, and names the record unless `called` does."""
    called: Title | None = None
    icon: str = "database"
    numbering: Numbering | None = None
    key: tuple[str, ...] = ()
    service: str | None = None
    create: type[Any] | None = None
    change: type[Any] | None = None
    default_sort: tuple[str, ...] = ("-created_at",)
    importable: bool = True
    timeline: bool = True
    pages: bool = True
    """Whether it has list, record and form pages of its own (no: it is only shown on another's page)."""
    mirrored: bool = False
    """Whether its records only come from other systems (see SyncKind): nobody adds, changes or deletes them
    here, so there are neither rights nor routes nor buttons to do so."""
    lookups: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Extra query parameters (`vin[endswith]`): name to a function (access, value) -> SQL condition, or to a
    crm_kernel.dal.query.Match or crm_kernel.records.blind.Beside; as a Lookup, people are offered it too."""
    derived: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict, hash=False)
    """JSON fields computed from a row's columns."""
    found_through: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other entities (name to their field that refers to this one): a search that fits no record of this
    entity shows those that theirs refer to, as a plate shows the customer whose car it is on."""

    secret_from: str = ""
    """A column that lists staff ids: from those people sensitive values of the record are withheld entirely,
    whatever they may reveal of other records."""

    def field(self, name: str) -> Field | None:
        """The field of that name, if declared."""
        for one in self.fields:
            if one.name == name:
                return one
        return None

    def permission(self, verb: str) -> str:
        """`customer.view` and so on."""
        return f"{self.prefix}.{verb}"


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """One code of an editable list."""

    code: str
    label: Text
    order: int = 0
    color: str = ""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """An editable code list and its presets; dealerships may rename, add and switch off entries."""

    name: str
    label: Text
    entries: tuple[DictionaryEntry, ...]

    @classmethod
    def of(cls, name: str, label: Text, *entries: tuple[str, Text] | tuple[str, Text, str]) -> Dictionary:
        """A list of (code, label) or (code, label, color), in this order."""
        return cls(
            name,
            label,
            tuple(
                DictionaryEntry(code, text, order=place * 10, color=color[0] if color else "")
                for place, (code, text, *color) in enumerate(entries, start=1)
            ),
        )


@dataclass(frozen=True, slots=True)
class OpenBusiness:
    """Something unfinished that forbids deleting a record: how many, in words, and where to see it."""

    label: Text
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Blocker:
    """Looks for open business on a record of `entity` before it is deleted."""

    entity: str
    find: Callable[[Kernel, Access, Any], Awaitable[Sequence[OpenBusiness]]]


@dataclass(frozen=True, slots=True)
class Link:
    """A column of ours that points at a customer or vehicle, so that merging can move it."""

    entity: str
    model: type[Any]
    column: str


@dataclass(frozen=True, slots=True)
class Importer:
    """How foreign files become records, where the entity alone does not say it all.

    `factory` gives a crm_kernel.records.imports.importer.EntityImporter; `order` says which kind goes first.
    """

    kind: str
    entity: str
    factory: Callable[[Kernel], Any]
    order: int = 100


@dataclass(frozen=True, slots=True)
class SyncKind:
    """A kind of records that other systems push by ids of their own; `name` is the plural, with underscores.

    For an `entity` that is all: fields, rules and bulk writing come from its importer. `factory` gives
    another crm_kernel.records.imports.importer.EntityImporter for it, or a crm_kernel.sync.receiving.Receiver
    for records that are no entity. `order` says which kind goes first, so that later ones can refer to it;
    `permission` is needed besides the right to push.
    """

    name: str
    label: Text
    entity: str
    factory: Callable[[Kernel], Any] | None = None
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Export and erase what a module holds about one person (a customer id)."""

    name: str
    export: Callable[[Kernel, Access, Any], Awaitable[Mapping[str, Any]]]
    erase: Callable[[Kernel, Access, Any], Awaitable[int]]
