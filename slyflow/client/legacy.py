"""What Supervisely's own SDK names but refuses to do for apps: the same names here say what does it."""

from typing import NoReturn

from slyflow.errors import Unsupported


class Legacy:
    """Raises Unsupported from every method, whatever it is told; the hint says what to use instead."""

    def run_dtl(self, *_told: object, **_named: object) -> NoReturn:
        """A graph of data transformations."""
        raise _refused("run_dtl", _start("data-nodes"))

    def run_train(self, *_told: object, **_named: object) -> NoReturn:
        """The training of a model."""
        raise _refused("run_train", _start("yolo/supervisely_integration/train", "train-mmdetection-v3"))

    def run_inference(self, *_told: object, **_named: object) -> NoReturn:
        """A model applied to a project."""
        raise _refused("run_inference", f"{_start('apply-nn')}, or ask a serving app with endpoints.ask")

    def get_training_metrics(self, *_told: object, **_named: object) -> NoReturn:
        """The metrics of a training."""
        raise _refused(
            "get_training_metrics",
            "read what the training app says, with outputs.get, fields.get or logs.read",
        )

    def deploy_model(self, *_told: object, **_named: object) -> NoReturn:
        """A model made to serve."""
        raise _refused(
            "deploy_model", _start("yolo/supervisely_integration/serve", "serve-segment-anything-2")
        )

    def get_import_files_list(self, *_told: object, **_named: object) -> NoReturn:
        """The files that an import was given."""
        raise _refused("get_import_files_list", "list the folder in Team Files with files.files")

    def download_import_file(self, *_told: object, **_named: object) -> NoReturn:
        """A file that an import was given."""
        raise _refused("download_import_file", "read it from Team Files with files.read")

    def create_task_detached(self, *_told: object, **_named: object) -> NoReturn:
        """A task without an app."""
        raise _refused("create_task_detached", "start an app with sessions.start_app")

    def upload_files(self, *_told: object, **_named: object) -> NoReturn:
        """Files attached to a session."""
        raise _refused(
            "upload_files", "write them to Team Files with files.upload, and name them with outputs.set_file"
        )


def _start(*apps: str) -> str:
    named = " or ".join(f"supervisely-ecosystem/{app}" for app in apps)
    return f"start the app {named} with sessions.start_app"


def _refused(name: str, hint: str) -> Unsupported:
    return Unsupported(f"no instance has {name} for apps any more", hint=hint)
