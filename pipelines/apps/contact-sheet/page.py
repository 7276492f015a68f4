"""The HTML report: one page with everything in it, nothing loaded from elsewhere."""

import base64
import io
from collections.abc import Sequence
from html import escape

from PIL import Image
from survey import DatasetCount, Survey
from thumbnail import Thumbnail

_STYLE = """
:root { color-scheme: light dark; --paper: #f4f5f7; --card: #fff; --ink: #1f2933; --faint: #616e7c;
  --frame: #e1e4e8; --link: #1565c0; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --card: #1e242b; --ink: #e6eaee;
  --faint: #9aa5b1; --frame: #323b45; --link: #8ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { background: #1f2933; color: #fff; padding: 28px 40px; }
main { max-width: 1360px; margin: 0 auto; padding: 8px 40px 56px; }
h1 { margin: 0; font-size: 26px; font-weight: 600; overflow-wrap: anywhere; }
h2 { margin: 40px 0 12px; font-size: 20px; font-weight: 600; overflow-wrap: anywhere; }
header p { margin: 6px 0 0; color: #c5cdd5; }
a { color: var(--link); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; background: var(--card); border: 1px solid var(--frame); }
th, td { padding: 7px 16px; text-align: right; border-bottom: 1px solid var(--frame); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { color: var(--faint); font-weight: 500; }
tbody tr:last-child td { font-weight: 600; border-bottom: 0; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 7px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 18px;
  margin-top: 18px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--frame); border-radius: 8px;
  overflow: hidden; }
figure img { display: block; width: 100%; height: 180px; object-fit: contain; background: var(--frame); }
figcaption { padding: 8px 12px 10px; overflow-wrap: anywhere; }
@media (max-width: 600px) { header, main { padding-left: 16px; padding-right: 16px; } }
figcaption small, .note { color: var(--faint); }
"""


def page(title: str, sections: Sequence[tuple[Survey, Sequence[Thumbnail]]]) -> str:
    """Return the report on some projects, each given with its thumbnails."""
    images = sum(survey.images for survey, _ in sections)
    objects = sum(survey.total for survey, _ in sections)
    counted = f"{_counted(images, 'image')} and {_counted(objects, 'object')}"
    body = "\n".join(_section(survey, tiles) for survey, tiles in sections)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<header><h1>{escape(title)}</h1>
<p>{counted} in {_counted(len(sections), "project")}</p></header>
<main>
{body}
</main>
</body>
</html>
"""


def _section(survey: Survey, tiles: Sequence[Thumbnail]) -> str:
    name = escape(survey.name)
    if survey.url.startswith(("http://", "https://")):
        name = f'<a href="{escape(survey.url)}">{name}</a>'
    note = (
        f'<p class="note">{len(tiles)} of {survey.images} images are shown.</p>'
        if len(tiles) < survey.images
        else ""
    )
    figures = "\n".join(_figure(tile) for tile in tiles)
    return f"""<section>
<h2>{name}</h2>
<div class="scroll">{_table(survey)}</div>
{note}<div class="tiles">
{figures}
</div>
</section>"""


def _table(survey: Survey) -> str:
    heads = "".join(f"<th>{_dot(survey.colours[title])}{escape(title)}</th>" for title in survey.colours)
    rows = "".join(_row(dataset, list(survey.colours)) for dataset in survey.datasets)
    whole = DatasetCount(
        "all", survey.images, sum(dataset.unlabelled for dataset in survey.datasets), survey.objects
    )
    return (
        f"<table><thead><tr><th>dataset</th><th>images</th><th>unlabelled</th><th>objects</th>{heads}</tr></thead>"
        f"<tbody>{rows}{_row(whole, list(survey.colours))}</tbody></table>"
    )


def _row(dataset: DatasetCount, titles: Sequence[str]) -> str:
    numbers = [dataset.images, dataset.unlabelled, dataset.total]
    numbers += [dataset.objects.get(title, 0) for title in titles]
    cells = "".join(f"<td>{number}</td>" for number in numbers)
    return f"<tr><td>{escape(dataset.name)}</td>{cells}</tr>"


def _figure(tile: Thumbnail) -> str:
    what = f"{tile.size[0]} × {tile.size[1]} · {tile.dataset} · {_counted(tile.objects, 'object')}"
    return (
        f'<figure><img src="{data_uri(tile.image)}" alt="{escape(tile.name)}" loading="lazy">'
        f"<figcaption>{escape(tile.name)}<br><small>{escape(what)}</small></figcaption></figure>"
    )


def data_uri(image: Image.Image) -> str:
    """Return a picture as the address that holds it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def _dot(colour: str) -> str:
    return f'<span class="dot" style="background:{escape(colour)}"></span>'


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
