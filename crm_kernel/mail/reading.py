"""A mailbox over IMAP: one conversation in a thread, to an address that was judged, with a deadline.

The standard library's client is used: it is kept with Python, and its socket can be opened to the very
address that was judged while the certificate is checked against the host's name.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

STEP_SECONDS = 20.0
WHOLE_SECONDS = 120.0
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxFault(Exception):
    """Why a mailbox could not be read: `code` is one of crm_kernel.mail.wording.FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Door:
    """How to get in. `security` is `tls` (from the first byte) or `starttls`."""

    host: str
    port: int
    security: str
    login: str
    password: str
    folder: str


class _Tls(imaplib.IMAP4_SSL):
    """Connects to a judged address, checks the certificate against the host's name."""

    def __init__(self, door: Door, addresses: Sequence[str], context: ssl.SSLContext) -> None:
        self._addresses = addresses
        super().__init__(door.host, door.port, ssl_context=context, timeout=STEP_SECONDS)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = _connected(self._addresses, self.port, timeout)
        return self.ssl_context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[no-any-return]


class _Plain(imaplib.IMAP4):
    """The same for STARTTLS, which is demanded before anything is said."""

    def __init__(self, door: Door, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        super().__init__(door.host, door.port, timeout=STEP_SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return _connected(self._addresses, self.port, timeout)


def _connected(addresses: Sequence[str], port: int, timeout: float | None) -> socket.socket:
    fault: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as refused:
            fault = refused
    raise fault


class Conversation:
    """Blocking; to be used in threads. Raises MailboxFault whatever goes wrong."""

    def __init__(self, door: Door, addresses: Sequence[str], context: ssl.SSLContext) -> None:
        self._door, self._addresses, self._context = door, addresses, context
        self._client: imaplib.IMAP4 | None = None
        self._watch = threading.Timer(WHOLE_SECONDS, self._cut)
        self._watch.daemon = True
        self.validity = 0
        self.count = 0

    def __enter__(self) -> Self:
        self._watch.start()
        try:
            self._open()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.cancel()
        if self._client is not None:
            with suppress(imaplib.IMAP4.error, OSError, ValueError):
                self._client.logout()

    def _cut(self) -> None:
        """A server that sends a byte now and then must not keep a thread for ever."""
        if self._client is not None:
            with suppress(OSError):
                self._client.sock.shutdown(socket.SHUT_RDWR)

    def _open(self) -> None:
        door = self._door
        try:
            if door.security == "tls":
                self._client = _Tls(door, self._addresses, self._context)
            else:
                self._client = _Plain(door, self._addresses)
                self._client.starttls(self._context)
        except ssl.SSLCertVerificationError as fault:
            raise MailboxFault("certificate") from fault
        except ssl.SSLError as fault:
            raise MailboxFault("tls") from fault
        except imaplib.IMAP4.error as fault:
            raise MailboxFault("tls" if door.security == "starttls" else "protocol") from fault
        except OSError as fault:
            raise MailboxFault("unreachable") from fault
        try:
            self._client.login(door.login, door.password)
        except (imaplib.IMAP4.abort, OSError) as fault:
            raise MailboxFault("interrupted") from fault
        except (imaplib.IMAP4.error, UnicodeEncodeError) as fault:
            raise MailboxFault("login") from fault
        try:
            state, told = self._client.select(_quoted(door.folder), readonly=True)
        except (imaplib.IMAP4.error, OSError) as fault:
            raise MailboxFault("folder") from fault
        if state != "OK":
            raise MailboxFault("folder")
        self.count = int(told[0] or 0)
        self.validity = int((self._client.response("UIDVALIDITY")[1] or [None])[0] or 0)

    def uids(self, after: int) -> list[int]:
        """Messages beyond a uid, in their order."""
        told = self._asked("SEARCH", "UID", f"{after + 1}:*")
        found = [int(word) for line in told if isinstance(line, bytes) for word in line.split()]
        return sorted(uid for uid in found if uid > after)

    def size(self, uid: int) -> int | None:
        """How large a message is; None for one that is not there any more."""
        for line in self._asked("FETCH", str(uid), "(RFC822.SIZE)"):
            found = _SIZE.search(line if isinstance(line, bytes) else line[0] if line else b"")
            if found:
                return int(found[1])
        return None

    def message(self, uid: int) -> bytes | None:
        """A whole message, not marked as seen."""
        return _literal(self._asked("FETCH", str(uid), "(BODY.PEEK[])"))

    def head(self, uid: int) -> bytes | None:
        """The headers that tell what a message is."""
        names = "FROM SUBJECT DATE MESSAGE-ID"
        return _literal(self._asked("FETCH", str(uid), f"(BODY.PEEK[HEADER.FIELDS ({names})])"))

    def _asked(self, *words: str) -> list[Any]:
        if self._client is None:
            raise MailboxFault("interrupted")
        try:
            state, told = self._client.uid(*words)
        except (imaplib.IMAP4.error, OSError, ValueError) as fault:
            raise MailboxFault("interrupted") from fault
        if state != "OK":
            raise MailboxFault("protocol")
        return list(told)


def _literal(told: list[Any]) -> bytes | None:
    for line in told:
        if isinstance(line, tuple):
            return bytes(line[1])
    return None


def _quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7 (RFC 3501, 5.1.3) between quotes."""
    encoded = []
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", folder):
        if run.isascii():
            encoded.append(run.replace("&", "&-"))
        else:
            raw = run.encode("utf-7").decode("ascii")
            encoded.append("&" + raw.removeprefix("+").removesuffix("-").replace("/", ",") + "-")
    text = "".join(encoded).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
