"""Charts as SVG, drawn offline. Each stands beside the table that holds its numbers."""

from collections.abc import Sequence

import altair
import vl_convert

from crawler.report.results import CountryResult

BLUE, GREY, INK = "#0b5394", "#c9d1da", "#1b2430"


def ranking(results: Sequence[CountryResult]) -> str:
    """Scores as points between their bounds, one row per country; SVG text."""
    rows = [
        {"country": one.name, "score": one.score.value, "low": one.score.low, "high": one.score.high, "order": place}
        for place, one in enumerate(results)
    ]
    base = altair.Chart(altair.InlineData(values=rows)).encode(
        y=altair.Y("country:N", sort=altair.SortField("order"), title=None)
    )
    scale = altair.Scale(domain=[0, 1])
    bounds = base.mark_bar(height=6, color=GREY, cornerRadius=3).encode(
        x=altair.X("low:Q", scale=scale, title="score, with the bounds that unsettled features leave"), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=90, color=BLUE, opacity=1).encode(x=altair.X("score:Q", scale=scale))
    return _svg((bounds + points).properties(width=640, height=altair.Step(26)))


def sub_indices(result: CountryResult) -> str:
    """Sub-indices of a country as bars between their bounds; SVG text."""
    rows = [
        {"group": group.title, "value": group.value, "low": group.low, "high": group.high, "order": place}
        for place, group in enumerate(result.score.groups)
        if group.features
    ]
    base = altair.Chart(altair.InlineData(values=rows)).encode(
        y=altair.Y("group:N", sort=altair.SortField("order"), title=None, axis=altair.Axis(labelLimit=260))
    )
    scale = altair.Scale(domain=[0, 1])
    bounds = base.mark_bar(height=16, color=GREY, cornerRadius=3).encode(
        x=altair.X("low:Q", scale=scale, title="share of features found"), x2="high:Q"
    )
    values = base.mark_tick(thickness=4, height=22, color=BLUE).encode(x=altair.X("value:Q", scale=scale))
    return _svg((bounds + values).properties(width=520, height=altair.Step(34)))


def _svg(chart: altair.LayerChart) -> str:
    styled = chart.configure(font="sans-serif").configure_axis(
        labelFontSize=13,
        titleFontSize=13,
        labelColor=INK,
        titleColor=INK,
        titleFontWeight="normal",
        grid=True,
        gridColor="#eef1f4",
    )
    # Fonts of readers may be wider than the one that the labels were measured with.
    styled = styled.configure_view(stroke=None).properties(padding={"left": 28, "top": 5, "right": 12, "bottom": 5})
    return str(vl_convert.vegalite_to_svg(styled.to_json()))
