"""Small pictures of numbers: SVG drawn by leather, coloured by the style sheet, told in words beside it.

leather writes its colours as attributes, which a style sheet overrides and the Content-Security-Policy allows; so
the drawing stands in the page and follows its dark mode.
"""

import dataclasses as dc
import datetime as dt
import itertools
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import leather
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 440, 220
TICKS = 4


@dc.dataclass(frozen=True, slots=True)
class Picture:
    """``sentence`` says what one is to see; ``rows`` are the numbers, under the two heads of ``columns``."""

    title: str
    sentence: str
    columns: tuple[str, str]
    rows: list[tuple[str, int]]
    svg: SafeString


def bars(rows: Sequence[tuple[str, int]]) -> SafeString:
    """One bar for each word, the first on top."""
    chart = leather.Chart()
    chart.add_bars([(number, word) for word, number in rows])
    ticks = _ticks(max(number for _word, number in rows))
    chart.add_x_scale(0, ticks[-1])
    chart.add_x_axis(ticks, _whole)
    return _drawn(chart)


def line(rows: Sequence[tuple[dt.date, int]]) -> SafeString:
    """A number for each day; two days or more."""
    chart = leather.Chart()
    chart.add_line(rows)
    ticks = _ticks(max(number for _day, number in rows))
    chart.add_y_scale(0, ticks[-1])
    chart.add_y_axis(ticks, _whole)
    days = [day for day, _number in rows]
    chart.add_x_scale(days[0], days[-1])
    chart.add_x_axis([days[0], days[len(days) // 2], days[-1]], lambda day, _index, _count: f"{day:%d/%m}")
    return _drawn(chart)


def _ticks(most: int) -> list[int]:
    """From nought to ``most`` or a little more, in steps of 1, 2, 5, 10…"""
    steps = (digit * 10**power for power in itertools.count() for digit in (1, 2, 5))
    step = next(step for step in steps if step * TICKS >= most)
    return [number * step for number in range(max(1, -(-most // step)) + 1)]


def _whole(number: int, _index: int, _count: int) -> str:
    return str(localize(int(number)))


def _drawn(chart: leather.Chart) -> SafeString:
    root = ET.Element(
        "svg",
        {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "class": "chart", "aria-hidden": "true", "focusable": "false"},
    )
    root.append(chart.to_svg_group(WIDTH, HEIGHT))
    return mark_safe(ET.tostring(root, encoding="unicode"))
