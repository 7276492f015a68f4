"""Where slyflow's requests differ from the official SDK's, each with the reason; docs show them."""

from tests.conformance.recorder import ABSENT, ANY, Difference

EVERYWHERE = (
    Difference(
        "*", "headers.user-agent", "says which program asks; the SDK's says only which HTTP library", ANY, ANY
    ),
    Difference("*", "headers.accept", "says that JSON is expected", "*/*", "application/json"),
    Difference(
        "*",
        "headers.accept-encoding",
        "asks for gzip only, which is unpacked within a limit of size",
        ANY,
        "gzip",
    ),
)

APPS = (
    Difference(
        "ecosystem.file.download",
        "headers.accept-encoding",
        "wants the bytes as they are, whose length and hash are checked",
        ANY,
        "identity",
    ),
    Difference(
        "ecosystem.list",
        "request",
        "reads the first of several pages again at the end, so that no row that moved is missed",
        ABSENT,
        "sent",
    ),
    Difference(
        "apps.tasks.list",
        "body.sort",
        "sorts by id, since a list sorted by start time moves with each start",
        "startedAt",
        "id",
    ),
    Difference(
        "apps.tasks.list",
        "body.sort_order",
        "reads from the oldest on, where nothing new comes in between; told newest first all the same",
        "desc",
        "asc",
    ),
)

_ESCAPED = "escapes text: a title must not become markup of the page that shows it"
_TITLE = "<b> & 'c'"

WORKFLOW = (
    Difference(
        "instance.version",
        "request",
        "asks each instance once; the SDK asks one instance for all others of its process",
        ABSENT,
        "sent",
    ),
    *(
        Difference(
            "tasks.info",
            "request",
            "asks for the session's team before it looks up a file's path there; the SDK looks in the team"
            " of its environment",
            theirs,
            ours,
        )
        for theirs, ours in ((ABSENT, "sent"), ("sent", ABSENT))
    ),
    *(
        Difference(method, f"body.meta.customNodeSettings.{place}", _ESCAPED, theirs, ours)
        for method in ("workflow.node.add-input", "workflow.node.add-output")
        for place, theirs, ours in (
            ("title", f"<h4>{_TITLE}</h4>", "<h4>&lt;b&gt; &amp; &#x27;c&#x27;</h4>"),
            ("description", "<small><script></small>", "<small>&lt;script&gt;</small>"),
            ("mainLink.title", "<i>", "&lt;i&gt;"),
        )
    ),
)

SESSIONS = (
    Difference(
        "instance.get-render-previews-session-token",
        "headers.accept-encoding",
        "asks for an answer that is no JSON as it is",
        ANY,
        "identity",
    ),
    Difference(
        "tasks.output.set",
        "body.output.project.preview",
        "takes no picture from a site that is not the instance's",
        "https://user-images.githubusercontent.com/12828725/199022135-4161917c-05f8-4681-9dc1-b5e10ee8bb0f.png",
        "https://example.com/previews/x200,jpeg,q70/image-converter/images/1.jpg",
    ),
)
