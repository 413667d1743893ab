"""What the telephone brings: a right, and a port without a telephone system behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_kernel.contributions import Manifest, Offer, Permission, RoleGrant
from crm_kernel.hookspecs import hookimpl
from crm_kernel.telephone.permissions import PERMISSIONS, ROLES
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("telephone", _("Telephone"), "0.1.0", requires=("records",))


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def register_roles() -> Sequence[RoleGrant]:
    return ROLES


@hookimpl
def register_services() -> Sequence[Offer]:
    return [Offer("dialler", _no_dialler), Offer("telephone", _service)]


def _no_dialler(_kernel: Kernel) -> object:
    from crm_kernel.telephone.ports import NoDialler

    return NoDialler()


def _service(kernel: Kernel) -> object:
    from crm_kernel.telephone.service import TelephoneService

    return TelephoneService(kernel)
