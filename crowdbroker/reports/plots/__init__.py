"""Charts as pictures: the one place of ours that draws.

A chart is a function of plain data in `plots/` that returns an Altair chart, with a title that says what it shows and
with labelled axes; it knows neither files nor pages. `rendering` turns any chart into SVG and PNG files and into SVG
for a page; `palette` holds the colours, which are those of the page around it and follow its light or dark.

Nothing here is imported before a chart is wanted: Altair and vl-convert are the extra `report`.
"""
