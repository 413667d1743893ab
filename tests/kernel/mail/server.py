"""An IMAP server on the loopback interface, with a certificate of its own authority: pymap, in this loop."""

from __future__ import annotations

import asyncio
import imaplib
import ssl
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer

LOGIN, PASSWORD = "kefu@dealer.test", "geheim"


def certificate(folder: Path, host: str) -> Path:
    """A file with a key and a certificate that signs itself, valid for `host`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@dataclass
class MailServer:
    """What a test knows of it; `tls` answers encrypted from the first byte, `plain` wants STARTTLS."""

    tls: int
    plain: int
    authority: Path

    async def put(self, *messages: bytes) -> None:
        """Lay messages into the inbox, as a mail server that received them."""
        await asyncio.to_thread(self._put, messages)

    def _put(self, messages: tuple[bytes, ...]) -> None:
        with self._client() as client:
            for raw in messages:
                state, told = client.append("INBOX", "", imaplib.Time2Internaldate(0), raw)
                assert state == "OK", told

    def _client(self) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=str(self.authority))
        client = imaplib.IMAP4_SSL("localhost", self.tls, ssl_context=context, timeout=20)
        client.login(LOGIN, PASSWORD)
        return client

    async def seen(self) -> int:
        """How many messages carry the mark of having been read."""
        return await asyncio.to_thread(self._seen)

    def _seen(self) -> int:
        with self._client() as client:
            client.select("INBOX", readonly=True)
            return len(client.search(None, "SEEN")[1][0].split())

    async def remove(self, which: str) -> None:
        """Delete messages for good."""
        await asyncio.to_thread(self._remove, which)

    def _remove(self, which: str) -> None:
        with self._client() as client:
            client.select("INBOX")
            client.store(which, "+FLAGS", "\\Deleted")
            client.expunge()


@asynccontextmanager
async def mail_server(folder: Path, host: str = "localhost") -> AsyncIterator[MailServer]:
    """The server, until the block ends; everything in it is gone afterwards."""
    file = certificate(folder, host)
    given = Namespace(
        debug=False,
        demo_data=False,
        demo_user=LOGIN,
        demo_password=PASSWORD,
        cert=str(file),
        key=str(file),
        tls=True,
        host=None,
        port="0",
        proxy_protocol=None,
        inherited_sockets=None,
        passlib_cfg=None,
    )
    backend, config = await DictBackend.init(given)
    serve = IMAPServer(backend.login, config)
    talks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        talks.add(task)
        try:
            await serve(reader, writer, SocketInfoLocal(writer))
        except (ConnectionError, asyncio.IncompleteReadError, EOFError):
            pass
        finally:
            talks.discard(task)
            writer.transport.abort()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    encrypted = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    plain = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield MailServer(encrypted.sockets[0].getsockname()[1], plain.sockets[0].getsockname()[1], file)
    finally:
        encrypted.close()
        plain.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
