"""A fleet's triage as text, Markdown and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakecore.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from flakecore.report.fleet.triage_json import render_triage_json
    from flakecore.report.fleet.triage_markdown import render_triage_markdown
    from flakecore.report.fleet.triage_text import render_triage_text
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "triage_json": ("render_triage_json",),
            "triage_markdown": ("render_triage_markdown",),
            "triage_text": ("render_triage_text",),
        },
    )

__all__ = ["render_triage_json", "render_triage_markdown", "render_triage_text"]
