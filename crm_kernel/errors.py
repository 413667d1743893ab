"""What can go wrong, in words for the person who asked.

Services raise these; faces translate them (HTTP problems, a line on the console, a note in a form).
Every message says what to do next and carries no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_kernel.text import Text, messages

_ = messages("kernel")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong value: the field's name, a stable code for programs, a message for people."""

    field: str
    code: str
    message: Text


class CrmError(Exception):
    """Anything the kernel refuses on purpose; `code` is stable, `message` is for people."""

    code = "refused"

    def __init__(self, message: Text, *, code: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        if code is not None:
            self.code = code


class Malformed(CrmError):
    """The request could not be read at all."""

    code = "malformed"


class Unauthenticated(CrmError):
    """Nobody is known behind this request."""

    code = "unauthenticated"

    def __init__(self, message: Text | None = None, *, code: str | None = None) -> None:
        super().__init__(message or _("Please sign in."), code=code)


class Forbidden(CrmError):
    """The actor is known and lacks a permission; `permission` names it."""

    code = "forbidden"

    def __init__(self, permission: str, message: Text | None = None) -> None:
        super().__init__(message or _("You lack the permission {permission}.")(permission=permission))
        self.permission = permission


class NotFound(CrmError):
    """Not there, foreign, or outside the actor's scope: one answer for all three."""

    code = "not_found"

    def __init__(self, message: Text | None = None) -> None:
        super().__init__(message or _("There is no such record."))


class Conflict(CrmError):
    """A rule of the business forbids it now; `open` lists what stands in the way or is possible instead.

    An empty list says that nothing is, None that there is nothing to list.
    """

    code = "conflict"

    def __init__(
        self, message: Text, *, code: str | None = None, open: Sequence[Mapping[str, object]] | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.open = None if open is None else tuple(open)


class Stale(CrmError):
    """Somebody else changed the record meanwhile; `yours` and `theirs` are both versions."""

    code = "stale"

    def __init__(self, yours: Mapping[str, object], theirs: Mapping[str, object]) -> None:
        super().__init__(_("Somebody changed this record meanwhile. Compare both versions and save again."))
        self.yours = yours
        self.theirs = theirs


class Invalid(CrmError):
    """One or more fields hold values that cannot be kept."""

    code = "invalid"

    def __init__(self, errors: Sequence[FieldError], message: Text | None = None) -> None:
        super().__init__(message or _("Some fields need your attention."))
        self.errors = tuple(errors)

    @classmethod
    def one(cls, field: str, code: str, message: Text) -> Invalid:
        """A single wrong field."""
        return cls([FieldError(field, code, message)])


class TooLarge(CrmError):
    """More data than the limit allows."""

    code = "too_large"


class PreconditionRequired(CrmError):
    """The caller must say which version of the record it has seen."""

    code = "precondition_required"

    def __init__(self) -> None:
        super().__init__(_("Send the record's version with If-Match."))


class TooMany(CrmError):
    """Too often; try again after `retry_after` seconds."""

    code = "too_many"

    def __init__(self, retry_after: int, message: Text | None = None) -> None:
        super().__init__(
            message or _("Too many attempts. Try again in {seconds} seconds.")(seconds=retry_after)
        )
        self.retry_after = retry_after


class Unavailable(CrmError):
    """A needed part does not answer now; try again after `retry_after` seconds."""

    code = "unavailable"

    def __init__(self, message: Text, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ConfigurationError(CrmError):
    """A setting or a declaration is wrong; only an operator or developer can mend it."""

    code = "configuration"
