"""A headless app as the ecosystem writes them: copies a project, uploads a report, tells what it made."""

import os
from pathlib import Path

import supervisely as sly  # type: ignore[import-not-found]  # types are checked without the SDK


def main() -> None:
    api = sly.Api.from_env()
    project = api.project.get_info_by_id(sly.env.project_id())
    api.app.workflow.add_input_project(project.id)
    # The agent sets each argument under its dotted name too, and apps count on it.
    suffix = os.environ["modal.state.suffix"]  # noqa: SIM112 - see above
    copy = api.project.create(
        sly.env.workspace_id(), f"{project.name} {suffix}", change_name_if_conflict=True
    )
    api.project.merge_metas(project.id, copy.id)
    progress = sly.Progress("Copying", project.items_count)
    for dataset in api.dataset.get_list(project.id):
        target = api.dataset.create(copy.id, dataset.name)
        images = api.image.get_list(dataset.id)
        api.image.copy_batch(target.id, [image.id for image in images], with_annotations=True)
        progress.iters_done_report(len(images))
    report = Path(sly.app.get_data_dir()) / "report.txt"
    report.write_text(f"{project.items_count} images")
    task_id = sly.env.task_id()
    file = api.file.upload(sly.env.team_id(), str(report), f"/reports/{task_id}/report.txt")
    settings = sly.WorkflowSettings(
        title="Derived", icon="copy", icon_color="#000000", icon_bg_color="#FFFFFF"
    )
    meta = sly.WorkflowMeta(node_settings=settings, relation_settings=settings)
    api.app.workflow.add_output_project(copy.id)
    api.app.workflow.add_output_file(file, meta=meta)
    api.task.set_output_report(task_id, file.id, file.name)
    api.app.set_output_project(task_id, copy.id, copy.name)


if __name__ == "__main__":
    sly.main_wrapper("main", main)
