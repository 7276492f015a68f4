"""How patient the engine is: intervals and limits in seconds that do not belong in a pipeline."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings of one run against one kind of instance.

    `poll_floor` and `poll_ceiling` bound the interval between two list requests; an instance that can
    tell when a session ends is asked to wait for that, for `poll_patience` at most; `launch_window` is how
    long a launch of unknown outcome is looked for before it is sent again; `lost_after` how long a
    session must be missing at least, `unreachable_after` how long the instance, before that is believed;
    `lists_lag`: a session may be missing from lists although it is there;
    `most_sendings` how often one launch is sent while its outcome stays unknown; `most_refusals` how
    often in a row the instance may refuse one read before the run is left; `most_edge_sendings` how often
    an edge is sent whose outcome stays unknown, crashes included; `duplicate_patience` how long
    the second session of a launch may take to end.
    """

    max_sessions: int = 8
    poll_floor: float = 1.0
    poll_ceiling: float = 15.0
    poll_patience: float = 0.0
    launch_window: float = 120.0
    look_up_every: float = 5.0
    stop_every: float = 10.0
    lost_after: float = 60.0
    lost_misses: int = 3
    lists_lag: bool = True
    most_sendings: int = 5
    most_refusals: int = 5
    most_edge_sendings: int = 2
    duplicate_patience: float = 600.0
    unreachable_after: float = 3600.0
    longest_pause: float = 60.0
    output_every: float = 1.0
    silent_checks: int = 4
    """`timeout.silent` is checked this many times in its length."""

    def poll_interval(self, youngest: float) -> float:
        """Return the interval while the youngest running session is `youngest` seconds old.

        A twentieth of the age notices an end within 5 % of a session's length.
        """
        return min(max(youngest / 20, self.poll_floor), self.poll_ceiling)

    @property
    def absence(self) -> float:
        """How long a session must be missing before it is lost.

        How long a list may lag is not known, but the launch window is never shorter.
        """
        return max(self.lost_after, self.launch_window) if self.lists_lag else self.lost_after

    def pause(self, tries: int) -> float:
        """Return the longest pause before the next try, `tries` (from 1) having failed."""
        return min(2.0 ** min(tries - 1, 16), self.longest_pause)


EMBEDDED = Policy(
    poll_floor=0.01, poll_ceiling=0.5, poll_patience=0.25, launch_window=3.0, look_up_every=0.5,
    unreachable_after=30.0,
    longest_pause=2.0, output_every=0.2, stop_every=5.0, lost_after=2.0,
    duplicate_patience=60.0, most_edge_sendings=5, lists_lag=False,
)  # fmt: skip
"""An embedded instance is close, enforces the marker's uniqueness itself, lets its graph be read, and dies
with its machine."""
