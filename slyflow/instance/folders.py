"""The folders of one session on disk: made before it runs, removed after it has ended."""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

_PRIVATE = stat.S_IFDIR | 0o700


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one session, below `session`, and the caches it shares."""

    session: Path
    caches: Path

    @property
    def code(self) -> Path:
        return self.session / "repo"

    @property
    def data(self) -> Path:
        return self.session / "data"

    @property
    def work(self) -> Path:
        return self.session / "work"

    @property
    def temporary(self) -> Path:
        return self.session / "tmp"

    @property
    def synced(self) -> Path:
        return self.session / "synced"

    @property
    def shared(self) -> tuple[Path, ...]:
        return self.caches / "apps", self.caches / "home", agent_storage(self.caches)

    def make(self) -> None:
        """Make all of them (0700) but the code's; what a killed server left of them goes first."""
        try:
            self.session.mkdir(mode=0o700)
        except FileExistsError:
            shutil.rmtree(self.session)
            self.session.mkdir(mode=0o700)
        for folder in self._empty:
            folder.mkdir(mode=0o700)
        self._make_shared()

    def take_over(self, unused: "Folders") -> bool:
        """Be what these were, with the code; False when that is not possible."""
        try:
            unused.session.rename(self.session)
        except OSError:  # something is there, or they are not
            return False
        self._make_shared()
        return True

    def _make_shared(self) -> None:
        for folder in self.shared:
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)

    def are_as_made(self) -> bool:
        """Say whether they are what `make` made, and hold nothing but a private folder of code."""
        made = (*self._empty, self.code)
        try:
            with os.scandir(self.session) as entries:
                names = {entry.name for entry in entries}
            is_private = all(os.lstat(folder).st_mode == _PRIVATE for folder in (self.session, *made))
        except OSError:
            return False
        return is_private and names == {folder.name for folder in made} and self.are_empty()

    def are_empty(self) -> bool:
        """Say whether there is nothing in them but the code."""
        try:
            return not any(map(os.listdir, self._empty))
        except OSError:  # the app has put something else in the place of one
            return False

    def remove(self) -> None:
        """Remove all of them but the shared ones, as far as that is possible. Off the loop only."""
        if not self._remove_few():
            shutil.rmtree(self.session, ignore_errors=True)

    def _remove_few(self) -> bool:
        """Remove them where the app left nothing but files of code, which is quick; say whether it did."""
        if self.session.is_symlink() or self.code.is_symlink():
            return False  # what an app put in its place may hold other people's files
        try:
            for folder in self._empty:
                folder.rmdir()
            with os.scandir(self.code) as entries:
                for file in entries:
                    os.unlink(file)  # noqa: PTH108 - it is an entry, not a path
            self.code.rmdir()
            self.session.rmdir()
        except OSError:  # something is not empty, or no file
            return False
        return True

    @property
    def _empty(self) -> tuple[Path, ...]:
        return self.data, self.work, self.temporary, self.synced


def agent_storage(caches: Path) -> Path:
    """Return the folder that apps know as the agent's own."""
    return caches / "files"
