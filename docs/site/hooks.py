"""The site is made of the documents as they stand: their links are turned, their formulas become MathML.

The program writes the interactive page, and the documentation of the crates is copied, both as `cargo` has built them.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.structure.files import File

ROOT = Path(__file__).parents[2]
BUILT = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
PAGE = "<!-- the interactive page -->"
FRAME = """<p><a href="interactive.html">The page by itself</a></p>
<iframe src="interactive.html" title="The interactive page" style="width:100%;height:80vh;border:1px solid gray"></iframe>"""
FORMULA = re.compile(r'<(span|div) class="arithmatex">\s*\\([(\[])(.*?)\\[)\]]\s*</\1>', re.DOTALL)
# Inline formulas from here on may be wider than a narrow screen.
LONG = 40
ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}


def on_pre_build(config):
    """Notebooks name files from where they stand."""
    os.chdir(ROOT / "docs/notebooks")


def on_files(files, config):
    """README.md is the first page; the notes of the proofs and the figures stand where links look for them."""
    places = {"index.md": "README.md", "api.md": "docs/site/api.md"}
    for folder, ending in (("proofs/notes", "md"), ("figures", "png")):
        places |= {f"{folder}/{p.name}": f"{folder}/{p.name}" for p in sorted((ROOT / folder).glob(f"*.{ending}"))}
    for place, source in places.items():
        path = ROOT / source
        if path.suffix == ".md":
            files.append(File.generated(config, place, content=turned(path.read_text(encoding="utf-8"), source)))
        else:
            files.append(File.generated(config, place, abs_src_path=str(path)))
    for name in ("style.css", "site.js"):
        files.append(File.generated(config, name, abs_src_path=str(ROOT / "docs/site" / name)))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "interactive.html")
        subprocess.run([BUILT / "release/infodyn", "explore", "--out", page], check=True, stdout=subprocess.DEVNULL)
        files.append(File.generated(config, page.name, content=page.read_text(encoding="utf-8")))
    return files


def on_post_build(config):
    shutil.copytree(BUILT / "doc", Path(config.site_dir, "rust"), dirs_exist_ok=True)


def on_page_markdown(markdown, page, config, files):
    place = page.file.src_uri
    markdown = markdown.replace(PAGE, FRAME)
    return markdown if place in ("index.md", "api.md") or "/" in place else turned(markdown, f"docs/{place}")


def turned(text, source):
    """Links from where a document stands in the repository to where it stands in the site."""
    folder = Path(source).parent
    depth = "../" * (len(folder.parts) if folder.parts[:1] == ("proofs",) else 0)

    def link(found):
        label, target, anchor = found.groups()
        if re.match(r"[a-z]+:", target):
            return found.group()
        there = (ROOT / folder / target).resolve()
        if not there.is_relative_to(ROOT):
            return found.group()
        place = there.relative_to(ROOT).as_posix()
        if place == "README.md":
            place = "index.md"
        elif place.startswith("docs/"):
            place = place.removeprefix("docs/")
        elif not re.match(r"(proofs/notes/.*\.md|figures/.*\.png)$", place):
            # What only the repository has is named, not linked.
            return label
        return f"[{label}]({depth}{place}{anchor or ''})"

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)(#[^)\s]*)?\)", link, text)


def on_page_content(html, page, config, files):
    def formula(found):
        text = found.group(3)
        for entity, character in ENTITIES.items():
            text = text.replace(entity, character)
        if found.group(2) == "(":
            inline = convert(text.strip())
            return inline if len(text) < LONG else f'<span class="formula" tabindex="0">{inline}</span>'
        return f'<div style="overflow:auto hidden;padding:.4em 0" tabindex="0">{convert(text.strip(), display="block")}</div>'

    return FORMULA.sub(formula, html)


def on_post_page(output, page, config):
    """What the theme leaves without a name, or out of the keyboard's reach."""
    output = output.replace('data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"')
    if page.file.src_uri.startswith("notebooks/"):
        output = output.replace('<div class="highlight-ipynb', '<div tabindex="0" class="highlight-ipynb')
        output = output.replace("<pre>", '<pre tabindex="0">')
    return output
