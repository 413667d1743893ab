"""What a database says when it is away, full, or finds a duplicate, in our own errors."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm_kernel.errors import Conflict, CrmError, Unavailable
from crm_kernel.text import messages

_ = messages("kernel")


def translate_fault(fault: BaseException) -> CrmError | None:
    """Our error for a database's, or None for everything else."""
    if isinstance(fault, IntegrityError):
        return Conflict(
            _("This contradicts a record that is already there, or one that has gone meanwhile."),
            code="duplicate",
        )
    away = isinstance(fault, DBAPIError) and fault.connection_invalidated
    if away or isinstance(fault, OperationalError | InterfaceError | PoolTimeout | ConnectionError):
        return Unavailable(_("The database does not answer. Try again in a moment."))
    return None
