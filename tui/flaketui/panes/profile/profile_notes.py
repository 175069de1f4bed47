"""What the title of the Profile pane shows, and its words where there is nothing to draw."""

from __future__ import annotations

from textual.strip import Strip

from flakecore.report.hotspots import format_value
from flakecore.timeline.profiles.trace_profiles import TRACE_KINDS
from flaketui.drawing.lines import StyledLine, wrap
from flaketui.panes.profile.choices import ProfileChoices, Wanted, is_reading, window_of
from flaketui.panes.profile.flame import Flame
from flaketui.view.scene import Scene, bare_function


def title_note(
    scene: Scene, wanted: Wanted, kind: str, flame: Flame, order: str, below: int
) -> str:
    """Return what is shown: kind, sum, window, what it is compared with, share of a search.

    Args:
        scene: what is shown.
        wanted: what is asked for.
        kind: of the profile.
        flame: of it.
        order: where callers stand; "" where that is what one expects, or none are drawn.
        below: rows that there are below those on screen.
    """
    counted = f" {wanted.measure}" if wanted.measure else ""
    parts = [f"{kind}{counted}", format_value(int(flame.tree.value[0]), flame.unit)]
    if wanted.number:
        parts.append(f"no. {wanted.number}" + (f" less no. {wanted.less}" if wanted.less else ""))
    if flame.around:
        parts.append(f"through {bare_function(flame.around)}")
    if kind in TRACE_KINDS:
        parts.append("in this window")
        window = window_of(scene)
        whose = f"G{window.goroutine}" if window.goroutine else scene.test_name(window.test)
        parts += [whose] if whose else []
    if flame.compared:
        parts.append(f"was {format_value(int(flame.tree.base[0]), flame.unit)}")
    if order:
        parts.append(order)
    if scene.view.filter and not flame.around:
        through = flame.share_matching(flame.matching(scene.view.filter))
        parts.append(f"{through:.0%} through {scene.view.filter}")
    if below > 0:
        parts.append(f"{below} more below")
    return " · ".join(parts)


def nothing_lines(scene: Scene, choices: ProfileChoices, wanted: Wanted, width: int) -> list[Strip]:
    """Return why there is nothing to draw, and what to do about it."""
    if is_reading(scene):
        text = "the profiles are being read"
    elif choices.is_making:
        text = "the profile is being laid out"
    elif not choices.kinds(scene):
        text = "there is neither a profile nor a trace: flaketui collect records both"
    elif wanted.look.around:
        name = bare_function(wanted.look.around)
        text = f"{choices.kind(scene, wanted)}: nothing passes through {name}; U shows all again"
    else:
        kind = choices.kind(scene, wanted)
        text = f"{kind}: it holds nothing; F shows another kind"
        if kind in TRACE_KINDS:
            text = f"{kind}: nothing in this window; F shows another kind, 0 the whole case"
    return [
        StyledLine(scene.look, width).add(f" {row}", "muted").strip()
        for row in wrap(text, width - 2)
    ]
