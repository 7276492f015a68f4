"""Where slyflow's requests differ from the official SDK's, each with the reason; docs show them."""

from tests.conformance.recorder import ANY, Difference

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
