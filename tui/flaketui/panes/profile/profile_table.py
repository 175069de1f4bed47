"""The functions of a profile as rows beside its graph, and a line about one frame of it."""

from __future__ import annotations

from textual.strip import Strip

from flakecore.report.hotspots import format_value
from flakecore.report.profile.profile_text import share
from flaketui.drawing.lines import StyledLine
from flaketui.drawing.palettes import Role
from flaketui.panes.profile.flame import Flame
from flaketui.panes.profile.flame_lines import name_of, short_node_name
from flaketui.view.scene import Scene


def frame_line(scene: Scene, flame: Flame, at: int, width: int, *, outward: bool = False) -> Strip:
    """Return a line about one frame: its value, its share, and where it stands.

    Args:
        scene: what is shown.
        flame: what the frame is of.
        at: its tree node.
        width: of the line.
        outward: whether the tree goes from callees to callers, so that what ends in a frame there
            is no value of its own.
    """
    tree = flame.tree
    value, whole = int(tree.value[at]), int(tree.value[0])
    line = StyledLine(scene.look, width).add(f" {name_of(flame, at)} ", "strong")
    line.add(f"{format_value(value, flame.unit)} {share(value, whole).strip()}", "text")
    if flame.compared:
        change = value - int(tree.base[at])
        sign = "+" if change > 0 else ""
        role: Role = "bad" if change > 0 else "good"
        line.add(f"  {sign}{format_value(change, flame.unit)}", role)
    elif int(tree.own[at]) and not outward:
        line.add(f", itself {format_value(int(tree.own[at]), flame.unit)}", "muted")
    node = int(tree.node[at])
    if node >= 0:
        place = flame.profile.stacks.profile_frame(int(flame.nodes.first[node]))
        if place.line:
            line.add(f"  {place.file.rpartition('/')[2]}:{place.line}", "faint")
    return line.strip()


def table_lines(
    scene: Scene, flame: Flame, at: int, width: int, height: int, *, cumulative: bool
) -> list[Strip]:
    """Return a heading and a row for each function, the largest first, that of a frame marked."""
    look = scene.look
    heads = ("was−now", "") if flame.compared else ("itself", "in all")
    lines = [
        StyledLine(look, width)
        .cell(heads[0], 9, "faint", right=True)
        .cell("" if flame.compared else heads[1], 9, "faint", right=True)
        .add("function", "faint")
        .strip()
    ]
    chosen = int(flame.tree.node[at])
    for node in flame.order(cumulative=cumulative)[: max(0, height - 1)]:
        line = StyledLine(look, width, "selected" if node == chosen else "plain")
        flat, passing = int(flame.totals.flat[node]), int(flame.totals.cumulative[node])
        line.cell(format_value(flat, flame.unit), 9, "text", right=True)
        line.cell(format_value(passing, flame.unit), 9, "muted", right=True)
        role: Role = "accent" if flame.of.shade[node] == 0 else "muted"
        line.found(short_node_name(flame.nodes.names[node]), role, scene.view.filter)
        lines.append(line.strip())
    blank = StyledLine(look, width).strip()
    return [*lines, *[blank] * (height - len(lines))]


def exported_rows(flame: Flame, *, cumulative: bool) -> list[dict[str, object]]:
    """Return the first 200 rows of the table as JSON has them."""
    return [
        {
            "name": flame.nodes.names[node],
            "flat": int(flame.totals.flat[node]),
            "cumulative": int(flame.totals.cumulative[node]),
        }
        for node in flame.order(cumulative=cumulative)[:200]
    ]
