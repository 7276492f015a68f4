"""One Supervisely server seen through one token: the door to everything the client can do."""

from collections.abc import Callable, Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from slyflow.client.about import About, Support
from slyflow.client.address import LONGEST_TOKEN, proxy_for
from slyflow.client.apps import Apps
from slyflow.client.breaker import Breaker
from slyflow.client.catalog import Catalog
from slyflow.client.ecosystem import Ecosystem
from slyflow.client.files import Files
from slyflow.client.images import Images
from slyflow.client.projects import Projects
from slyflow.client.sessions import Sessions
from slyflow.client.tracing import Tracing
from slyflow.client.transport import Transport
from slyflow.client.workflow import Workflow
from slyflow.errors import UsageError
from slyflow.secret import Secret

# What a run of a pipeline does without is imported when it is first used.
if TYPE_CHECKING:
    from slyflow.client.endpoints import Endpoints
    from slyflow.client.fields import Fields
    from slyflow.client.legacy import Legacy
    from slyflow.client.logs import Logs
    from slyflow.client.outputs import Outputs
    from slyflow.client.waiting import Waiting


class Instance:
    """A remote or embedded instance (`model.instance.Instance`); nothing is sent before the first call.

    `ca_file` replaces the usual certificate authorities, `proxy` is used for https only, with `task_id`
    all calls are made in the name of that session, `is_near` is for an embedded instance.
    `is_gone` is asked whether its process has ended, when it does not answer; `answer_within` is how many
    seconds an answer may take, None for the usual limits.
    """

    def __init__(
        self,
        url: str,
        token: Secret,
        *,
        ca_file: str | None = None,
        proxy: str | None = None,
        task_id: int | None = None,
        is_near: bool = False,
        is_gone: Callable[[], bool] = lambda: False,
        answer_within: float | None = None,
    ) -> None:
        # One on this machine is either there or gone.
        self._transport = Transport(
            url,
            token,
            ca_file=ca_file,
            proxy=proxy,
            task_id=task_id,
            is_near=is_near,
            is_gone=is_gone,
            breaker=None if is_near else Breaker(),
            answer_within=answer_within,
        )
        self._about = About(self._transport)
        self.apps = Apps(self._transport)
        self.files = Files(self._transport)
        self.images = Images(self._transport)
        self.projects = Projects(self._transport)
        self.sessions = Sessions(self._transport)
        self.workflow = Workflow(self._transport, self._about, self.sessions, self.files, self.projects)
        self.ecosystem = Ecosystem(self._transport)
        self.catalog = Catalog(self._transport, self._about, self.ecosystem)
        self._tracing = Tracing(self._transport, self.files, self.projects)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, task_id: int | None = None) -> "Instance":
        """Return the instance that SERVER_ADDRESS and API_TOKEN name; UsageError when one is missing."""
        missing = [name for name in ("SERVER_ADDRESS", "API_TOKEN") if not environ.get(name)]
        if missing:
            raise UsageError(f"{' and '.join(missing)} not set in the environment")
        url = environ["SERVER_ADDRESS"]
        return cls(
            url,
            Secret(environ["API_TOKEN"]),
            ca_file=ca_file(environ),
            proxy=proxy_for(url, environ),
            task_id=task_id,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Instance({self.url!r})"

    @property
    def url(self) -> str:
        """The address people open, without a trailing slash."""
        return self._transport.url

    @property
    def token(self) -> Secret:
        """What all calls are made with."""
        return self._transport.token

    @property
    def version(self) -> str | None:
        """The server's version, None when it does not tell."""
        return self._about.version

    def support(self, minimum: str) -> Support:
        """Return whether the instance has at least this version; asked once, `instance.version`."""
        return self._about.support(minimum)

    def require(self, minimum: str, what: str) -> None:
        """Unsupported when the instance is certainly older than `minimum`, which `what` needs."""
        self._about.require(minimum, what)

    @property
    def embedded(self) -> bool:
        """Whether it is slyflow's own instance."""
        return self._about.embedded

    @property
    def tracing(self) -> Tracing | None:
        """None on a remote instance."""
        return self._tracing if self.embedded else None

    def session_token(self, slug: str) -> Secret:
        """Return the token with which the app `slug` shows previews."""
        method = "instance.get-render-previews-session-token"
        answer = self._transport.fetch(method, {"slug": slug}, limit=LONGEST_TOKEN)
        return Secret(answer.decode(errors="replace"))

    @cached_property
    def endpoints(self) -> "Endpoints":
        """Requests to the apps of running sessions."""
        from slyflow.client.endpoints import Endpoints

        return Endpoints(self._transport, self.sessions)

    @cached_property
    def fields(self) -> "Fields":
        """Fields of apps' windows."""
        from slyflow.client.fields import Fields

        return Fields(self._transport)

    @cached_property
    def logs(self) -> "Logs":
        """Logs of sessions."""
        from slyflow.client.logs import Logs

        return Logs(self._transport, self.sessions)

    @cached_property
    def outputs(self) -> "Outputs":
        """What sessions say that they made."""
        from slyflow.client.outputs import Outputs

        return Outputs(self._transport, self.sessions, self.files)

    @cached_property
    def waiting(self) -> "Waiting":
        """Waiting for sessions."""
        from slyflow.client.waiting import Waiting

        return Waiting(self.sessions)

    @cached_property
    def legacy(self) -> "Legacy":
        """What no instance does any more, by its old names."""
        from slyflow.client.legacy import Legacy

        return Legacy()

    @property
    def transport(self) -> Transport:
        """For calls of the public API that have no method here."""
        return self._transport

    def close(self) -> None:
        """Close kept connections."""
        self._transport.close()


def ca_file(environ: Mapping[str, str]) -> str | None:
    """Return the file of certificate authorities that the environment names."""
    return environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or None
