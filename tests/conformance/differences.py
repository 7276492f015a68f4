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
