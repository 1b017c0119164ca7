"""A webhook for tests: a web server in a thread that answers the validation handshake and collects notifications.

Its sockets are of the standard library's own class, so that pytest-socket and interception leave it alone.
"""

import _socket
import base64
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from outlook365_emulator.client.connection import own_socket_class
from outlook365_emulator.clock import monotonic

Handler = Callable[[dict[str, Any]], object]

ACCEPTED = 202
_CERTIFICATE = "webhook of the test"
_READ = 65536


class Webhook:
    """An endpoint for notifications: `notificationUrl=webhook.url`.

    Args:
        handler: called with each notification, in a thread of the webhook's; what it raises, `wait_for` raises.
        tls: whether it speaks https, by a certificate of its own.
        host: the name in its address; one that is not loopback makes it listen on every address of the machine.

    Attributes:
        url: its address, for `notificationUrl`.
        lifecycle_url: another path there, for `lifecycleNotificationUrl`.
        validations: how often it answered the handshake.
    """

    def __init__(self, handler: Handler | None = None, *, tls: bool = False, host: str = "127.0.0.1") -> None:
        self._handler = handler
        self._context = _own_context(host) if tls else None
        self._changed = threading.Condition()
        self._posted: list[tuple[str, dict[str, Any]]] = []
        self._planned: list[int] = []
        self._problems: list[BaseException] = []
        self._key: Any = None
        self._certificate: bytes = b""
        self._closed = False
        self.validations = 0
        self._socket = own_socket_class()(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1" if host in ("127.0.0.1", "localhost") else "", 0))
        self._socket.listen(64)
        root = f"{'https' if tls else 'http'}://{host}:{self._socket.getsockname()[1]}"
        self.url = f"{root}/notifications"
        self.lifecycle_url = f"{root}/lifecycle"
        self._thread = threading.Thread(target=self._accept, name="outlook365-webhook", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"Webhook({self.url!r})"

    def __enter__(self) -> "Webhook":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def notifications(self) -> list[dict[str, Any]]:
        """The change notifications that arrived, in the order of arrival."""
        with self._changed:
            return [one for _, one in self._posted if "lifecycleEvent" not in one]

    @property
    def lifecycle(self) -> list[dict[str, Any]]:
        """The lifecycle notifications that arrived."""
        with self._changed:
            return [one for _, one in self._posted if "lifecycleEvent" in one]

    @property
    def validation_tokens(self) -> list[str]:
        """The tokens (JWT) that came with notifications that carry their item."""
        with self._changed:
            tokens = [token for _, one in self._posted for token in one.get("validationTokens", ())]
        return list(dict.fromkeys(tokens))

    def answer_with(self, *statuses: int) -> None:
        """Answer the next posts with these statuses, one each, and every later one with 202 again.

        Args:
            statuses: `500, 500` fails twice. What is answered with a failure is not kept.
        """
        with self._changed:
            self._planned += statuses

    def wait_for(self, count: int = 1, *, lifecycle: bool = False, timeout: float = 10.0) -> list[dict[str, Any]]:
        """Wait until a number of notifications has arrived, and return them all.

        Args:
            count: how many, counted from the beginning.
            lifecycle: whether lifecycle notifications are meant instead.
            timeout: how long to wait, in seconds of real time.

        Raises:
            AssertionError: the time is over.
            BaseException: what the handler raised.
        """
        __tracebackhide__ = True
        until = monotonic() + timeout
        with self._changed:
            while True:
                if self._problems:
                    raise self._problems.pop(0)
                found = [one for _, one in self._posted if ("lifecycleEvent" in one) is lifecycle]
                if len(found) >= count:
                    return found
                left = until - monotonic()
                if left <= 0:
                    got = f"{len(found)} of {count} notifications"
                    raise AssertionError(f"{got} arrived at {self.url} within {timeout:g} s")
                self._changed.wait(left)

    def clear(self) -> None:
        """Forget what arrived."""
        with self._changed:
            self._posted.clear()

    def close(self) -> None:
        """Stop listening; further calls do nothing."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()
        self._thread.join(1.0)

    # Rich notifications.

    @property
    def resource_data(self) -> dict[str, Any]:
        """Members of a subscription whose notifications carry the item: `{**fields, **webhook.resource_data}`."""
        self._make_key()
        return {
            "includeResourceData": True,
            "encryptionCertificate": base64.b64encode(self._certificate).decode(),
            "encryptionCertificateId": _CERTIFICATE,
        }

    def decrypt(self, notification: Mapping[str, Any]) -> dict[str, Any]:
        """Return the item that a notification carries.

        Args:
            notification: one that came of a subscription made with `resource_data`.

        Raises:
            ValueError: it carries none, or its signature is wrong.
        """
        import hmac

        from cryptography.hazmat.primitives import hashes, padding
        from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        content = notification.get("encryptedContent")
        if not content or self._key is None:
            raise ValueError("the notification carries no resource data: subscribe with webhook.resource_data")
        sha1 = hashes.SHA1()  # noqa: S303 - what Microsoft Graph documents
        key = self._key.decrypt(base64.b64decode(content["dataKey"]), OAEP(MGF1(sha1), sha1, None))
        data = base64.b64decode(content["data"])
        if not hmac.compare_digest(hmac.digest(key, data, "sha256"), base64.b64decode(content["dataSignature"])):
            raise ValueError("dataSignature does not fit the data")
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        plain = unpadder.update(cipher.update(data) + cipher.finalize()) + unpadder.finalize()
        decoded: dict[str, Any] = json.loads(plain)
        return decoded

    def _make_key(self) -> None:
        if self._key is not None:
            return
        from datetime import timedelta

        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import Encoding

        from outlook365_emulator.clock import real_now

        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _CERTIFICATE)])
        now = real_now()
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        signed = builder.not_valid_after(now + timedelta(days=3650)).sign(key, hashes.SHA256())
        self._certificate, self._key = signed.public_bytes(Encoding.DER), key

    # The server: a thread that accepts, one for each connection.

    def _accept(self) -> None:
        while not self._closed:
            try:
                descriptor, _ = cast(Any, _socket.socket)._accept(self._socket)
            except OSError:
                return
            accepted = own_socket_class()(fileno=descriptor)
            threading.Thread(target=self._serve, args=(accepted,), name="outlook365-webhook", daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(accepted):
            accepted.settimeout(10.0)
            if self._context is None:
                self._answer(accepted)
                return
            with self._context.wrap_socket(accepted, server_side=True) as secure:
                self._answer(secure)

    def _answer(self, connected: socket.socket) -> None:
        import h11

        connection = h11.Connection(h11.SERVER)
        target, body = "", b""
        while True:
            try:
                event: Any = connection.next_event()
            except h11.RemoteProtocolError:
                return
            if event is h11.NEED_DATA:
                connection.receive_data(connected.recv(_READ))
            elif isinstance(event, h11.Request):
                target = event.target.decode("latin-1")
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                break
            else:
                return
        status, text = self._judged(target, body)
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(text))), ("Connection", "close")]
        head = connection.send(h11.Response(status_code=status, headers=headers)) or b""
        connected.sendall(head + text)

    def _judged(self, target: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(target)
        token = parse_qs(parts.query).get("validationToken")
        if token:
            with self._changed:
                self.validations += 1
            return 200, token[0].encode()
        try:
            content = json.loads(body)
            arrived = [_with_tokens(one, content) for one in content["value"]]
        except (ValueError, KeyError, TypeError):
            return 400, b"this is no notification"
        with self._changed:
            status = self._planned.pop(0) if self._planned else ACCEPTED
        if 200 <= status < 300:
            for one in arrived:
                self._keep(parts.path, one)
        return status, b""

    def _keep(self, path: str, one: dict[str, Any]) -> None:
        try:
            if self._handler is not None:
                self._handler(one)
        except BaseException as problem:
            with self._changed:
                self._problems.append(problem)
        with self._changed:
            self._posted.append((path, one))
            self._changed.notify_all()


def _with_tokens(one: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    tokens = content.get("validationTokens")
    return {**one, "validationTokens": tokens} if tokens else one


def _own_context(host: str) -> ssl.SSLContext:
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(host, "localhost").configure_cert(context)
    return context
