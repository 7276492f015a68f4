"""A pipeline as an HTML page of its own: the picture of its workflow nodes, and all that they will say."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from slyflow.graph.caption import caption
from slyflow.graph.dag import Dag
from slyflow.graph.drawing import clean
from slyflow.graph.look import Card, Look, cards, node_look
from slyflow.graph.pictogram import pictogram
from slyflow.graph.preview import preview
from slyflow.model.pipeline import AppAction, Pipeline, Step
from slyflow.report.html import params_table
from slyflow.text import plural

# Nothing is fetched and nothing runs, whatever stands in a text.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """\
body { font: 14px/1.45 system-ui, sans-serif; color: #1f2328; background: #f6f8fa; margin: 24px; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 28px 0 8px; }
small, .pale { color: #57606a; }
.picture { overflow-x: auto; background: #ffffff; border: 1px solid #d0d7de; border-radius: 8px; }
.picture svg { max-width: none !important; }
.nodes { display: flex; flex-wrap: wrap; gap: 14px; align-items: flex-start; }
.node { background: #ffffff; border: 1px solid #d0d7de; border-radius: 8px; padding: 12px; width: 320px;
  overflow-wrap: anywhere; }
.head { display: flex; gap: 10px; }
.head div, .card div { min-width: 0; }
.icon { flex: none; }
.link { color: #0969da; }
.card { display: flex; gap: 8px; background: #f6f8fa; border-radius: 6px; padding: 6px 8px; margin-top: 6px; }
"""


def graph_page(pipeline: Pipeline, dag: Dag, names: Mapping[str, str]) -> str:
    """Return the page; it needs nothing but itself, and nothing in it can act.

    `names` are those of the steps' apps, by step, where they are known. Texts are as written.
    """
    about = f"{pipeline.path}, {plural(len(pipeline.all_steps), 'step')}"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{_text(pipeline.name)}</title>",
        f"<style>\n{_STYLE}</style></head><body>",
        f"<h1>{_text(pipeline.name)} <small>{_text(about)}</small></h1>",
    ]
    if pipeline.description:
        parts.append(f"<p>{_text(pipeline.description)}</p>")
    parts += ['<div class="picture">', preview(pipeline, dag, names), "</div>"]
    parts += _nodes("steps", [pipeline.steps[step] for step in dag.order if step in pipeline.steps], names)
    final = [pipeline.final_steps[step] for step in dag.order if step in pipeline.final_steps]
    parts += _nodes("finally", final, names)
    if pipeline.params:
        parts += ["<h2>params</h2>", params_table(pipeline.params.values())]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _nodes(title: str, steps: Sequence[Step], names: Mapping[str, str]) -> Iterator[str]:
    if not steps:
        return
    yield f'<h2>{title}</h2>\n<div class="nodes">'
    for step in steps:
        yield '<div class="node">'
        if isinstance(step.action, AppAction):
            yield from _node(step, step.action, names.get(step.id))
        else:
            yield f"<b>{_text(step.id)}</b><br><small>{_text(caption(step))}</small>"
        yield "</div>"
    yield "</div>"


def _node(step: Step, action: AppAction, app_name: str | None) -> Iterator[str]:
    look = node_look(action, app_name)
    under = f"<small>{_text(step.id)}, {_text(caption(step))}</small>"
    yield f'<div class="head">{_icon(look, 36)}<div><b>{_text(look.title)}</b><br>{under}</div></div>'
    if look.description:
        yield f"<p>{_text(look.description)}</p>"
    if look.link is not None:
        # Where it leads only the instance knows: it is shown, and no link.
        yield f'<p><span class="link">{_text(look.link[0])}</span> <small>{_text(look.link[1])}</small></p>'
    for card in cards(action):
        yield _card(card)


def _card(card: Card) -> str:
    look = card.look
    about = f"<small>{card.direction} {_text(card.name)}, {card.kind}</small>"
    told = f'<br><span class="pale">{_text(look.description)}</span>' if look.description else ""
    link = f'<br><span class="link">{_text(": ".join(look.link))}</span>' if look.link is not None else ""
    return (
        f'<div class="card">{_icon(look, 22)}<div><b>{_text(look.title)}</b> {about}{told}{link}</div></div>'
    )


def _icon(look: Look, size: float) -> str:
    inner = size * 0.68
    edge = (size - inner) / 2
    drawn = "".join(pictogram(clean(look.icon), edge, edge, inner, look.icon_color))
    back = f'<rect width="{size}" height="{size}" rx="{size / 5:.1f}" fill="{look.icon_bg_color}"/>'
    return f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 {size} {size}">{back}{drawn}</svg>'


def _text(text: str) -> str:
    return escape(clean(text))
