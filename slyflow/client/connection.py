"""The seam with requests: sends one request once, and says exactly how far it came when it fails."""

import ssl
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import MappingProxyType

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.response import HTTPResponse

from slyflow.client.exchange import Answer, Request, Sink
from slyflow.client.receiving import announced, head_in_time, receive_body
from slyflow.client.watchdog import Watchdog
from slyflow.errors import BadReply, NotSent, Unavailable, UsageError
from slyflow.text import sanitize

POOL = 16


class _Unconnected(NewConnectionError):
    """Any failure before the connection stood: name look-up, TCP, proxy or TLS handshake."""


class _PlainConnection(HTTPConnection):
    watchdog: Watchdog

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3's own
        return _in_time(self, self.watchdog, super().getresponse)


class _SecureConnection(HTTPSConnection):
    watchdog: Watchdog

    def connect(self) -> None:
        # A TLS handshake that fails looks, later, like a connection that broke after the request.
        try:
            super().connect()
        except (NewConnectionError, ConnectTimeoutError):
            raise
        except (OSError, HTTPError) as error:
            raise _Unconnected(self, str(error)) from error

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3's own
        return _in_time(self, self.watchdog, super().getresponse)


def _in_time(
    connection: HTTPConnection, watchdog: Watchdog, read_head: Callable[[], HTTPResponse]
) -> HTTPResponse:
    sock, timeout = connection.sock, connection.timeout
    if sock is None or not timeout:
        return read_head()
    return head_in_time(sock, timeout, watchdog, read_head)


def _pool_classes(watchdog: Watchdog) -> dict[str, type[HTTPConnectionPool]]:
    """Return pools, by scheme, of connections that this watchdog watches."""

    class Plain(_PlainConnection):
        pass

    class Secure(_SecureConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    Plain.watchdog = Secure.watchdog = watchdog
    return {"http": PlainPool, "https": SecurePool}


class Connection:
    """A pool of connections to one origin, usable from several threads.

    It goes through no proxy but the one given, keeps no cookies, follows no redirects, reads neither
    netrc nor the environment, and checks certificates always, with `ca_file` or else certifi's roots.
    """

    def __init__(
        self,
        *,
        ca_file: str | None = None,
        proxy: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if ca_file is not None and not Path(ca_file).exists():
            raise UsageError(f"the file of certificate authorities {ca_file} does not exist")
        self._verify = ca_file or True
        self._proxies = {"https": proxy} if proxy else {}
        self._clock = clock
        self._watchdog = Watchdog()
        self._classes = _pool_classes(self._watchdog)
        self._pool = self._adapter(POOL)

    def exchange(self, request: Request, *, fresh: bool, sink: Sink | None = None) -> Answer:
        """Send the request once. NotSent: no byte of it left; Unavailable: unknown; BadReply: no HTTP.

        With a `sink` the content of a success goes there, and the answer's own is empty.
        """
        prepared = requests.Request(
            request.verb, request.url, headers=dict(request.headers), data=request.content
        ).prepare()
        # A kept connection may have died unseen; what may not be repeated never takes that chance.
        adapter = self._adapter(1) if fresh else self._pool
        try:
            response = adapter.send(
                prepared,
                stream=True,
                timeout=(request.timeout.connect, request.timeout.read),
                verify=self._verify,
                proxies=self._proxies,
            )
            with response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                content = bytearray()
                write: Callable[[bytes], object] = content.extend
                if sink is not None and 200 <= response.status_code < 300:
                    sink.begin(announced(headers))
                    write = sink.write
                read = partial(response.raw.read1, decode_content=False)
                receive_body(read, headers, request, write, self._clock)
                return Answer(response.status_code, MappingProxyType(headers), bytes(content))
        except requests.RequestException as error:
            error.request = None  # it carries the token
            raise _mapped(error, request) from error
        except (HTTPError, OSError) as error:
            raise Unavailable(f"{request.origin} broke off its answer: {_reason(error)}") from error
        finally:
            if fresh:
                adapter.close()

    def close(self) -> None:
        """Close all kept connections."""
        self._pool.close()
        self._watchdog.close()

    def _adapter(self, size: int) -> HTTPAdapter:
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=size, max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = self._classes
        return adapter


def _mapped(error: requests.RequestException, request: Request) -> Unavailable | BadReply:
    """Return our error for one of requests' errors; when in doubt, Unavailable."""
    origin = request.origin
    cause = getattr(error.args[0], "reason", error.args[0]) if error.args else error
    if isinstance(error, requests.ReadTimeout) or isinstance(cause, ReadTimeoutError):
        return Unavailable(f"{origin} did not answer within {request.timeout.read:g} s")
    if isinstance(error, requests.ConnectTimeout):
        return NotSent(f"{origin} did not accept a connection within {request.timeout.connect:g} s")
    if isinstance(error, requests.exceptions.ProxyError) and _was_kept_back(cause):
        return NotSent(f"the proxy to {origin} failed: {_reason(error)}")
    if isinstance(cause, NewConnectionError):
        return NotSent(f"cannot connect to {origin}: {_reason(error)}", hint=_certificate_hint(error))
    if isinstance(error, requests.ConnectionError):
        return Unavailable(f"the connection to {origin} broke: {_reason(error)}")
    return BadReply(f"{origin} does not speak HTTP as it should: {_reason(error)}")


def _was_kept_back(cause: object) -> bool:
    """Whether the proxy was not reached or refused the tunnel; else it may have passed the request on."""
    original = getattr(cause, "original_error", None)
    unreached = isinstance(original, NewConnectionError | ConnectTimeoutError)
    return unreached or str(original).startswith("Tunnel connection failed")


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None and inner not in chain:
        chain.append(inner)
    return chain


def _reason(error: BaseException) -> str:
    """Return the innermost reason, in the operating system's words where it has some."""
    inner = _chain(error)[-1]
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {inner.verify_message}"
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    return " ".join(sanitize(str(inner) or type(inner).__name__, 300).split())


def _certificate_hint(error: BaseException) -> str | None:
    if any(isinstance(inner, ssl.SSLCertVerificationError) for inner in _chain(error)):
        return "give your own authority's certificate in SSL_CERT_FILE; checking cannot be turned off"
    return None
