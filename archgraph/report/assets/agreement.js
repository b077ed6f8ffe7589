// Predicted against verified, with the diagonal.

const AGREEMENT_STYLE = {
  verified: { paint: "series-1", symbol: "circle" },
  random: { paint: "series-2", symbol: "diamond" },
  table: { paint: "backdrop", symbol: "circle" },
  predicted: { paint: "candidate", symbol: "square" },
};

function startAgreement(figure) {
  const chart = startChart(figure, buildAgreement);
  const { column } = chart.spec;
  chart.place = (group, row) => [predictedOf(group, row, column), measuredOf(group, row, column)];
  chart.tip = (point) => architectureTip(point, [column]);
  stepWithKeys(chart.plot);
  return chart;
}

function buildAgreement(chart) {
  const { column } = chart.spec;
  const quantity = QUANTITY.get(column);
  const traces = [];
  const legend = [];
  let [low, high] = [Infinity, -Infinity];
  PAGE.groups.forEach((group, number) => {
    const points = group.names
      .map((_, row) => ({ group: number, row, x: predictedOf(number, row, column), y: measuredOf(number, row, column) }))
      .filter((point) => point.x !== null && point.y !== null);
    if (!points.length) return;
    for (const point of points) {
      low = Math.min(low, point.x, point.y);
      high = Math.max(high, point.x, point.y);
    }
    const { paint, symbol } = AGREEMENT_STYLE[group.role];
    const entry = { key: `g${number}`, label: group.label, colour: colour(paint), symbol };
    const line = { color: colour("paper"), width: 1 };
    traces.push({ ...dots(points, { color: entry.colour, size: 9, symbol, line }), meta: entry.key });
    legend.push(entry);
  });
  const slack = (high - low || Math.abs(high) || 1) * 0.06;
  const range = [low - slack, high + slack];
  const diagonal = { mode: "lines", x: range, y: range, line: { color: colour("ink-3"), width: 1.2, dash: "dash" } };
  traces.unshift(diagonal);
  const unit = quantity.unit ? ` (${quantity.unit})` : "";
  const layout = {
    xaxis: axis(`predicted${unit}`, { range: [...range] }),
    yaxis: axis(`verified${unit}`, { range: [...range] }),
    shapes: [ring(chart)],
    uirevision: column,
  };
  return { traces, layout, legend: legend.length > 1 ? legend : [] };
}
