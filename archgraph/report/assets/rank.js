// Prediction quality against training rows, or what searches found against evaluations: a line for each median, a band
// for its range over seeds, and a dashed grey line for what others reach.

function startRank(figure) {
  const chart = startChart(figure, buildRank);
  chart.metric = 0;
  chart.tip = (point) => curveTip(chart, point);
  const { metrics } = chart.spec;
  if (metrics.length > 1) {
    const options = metrics.map((metric, number) => make("option", { value: number }, metricHeading(metric)));
    const change = (event) => {
      chart.metric = Number(event.target.value);
      drawChart(chart);
    };
    chart.controls.append(make("label", {}, "Metric", make("select", { onchange: change, name: "metric" }, ...options)));
  }
  return chart;
}

function metricHeading(metric) {
  return metric.unit ? `${metric.title} (${metric.unit})` : metric.title;
}

function buildRank(chart) {
  const metric = chart.spec.metrics[chart.metric];
  const sizes = [...new Set(metric.curves.flatMap((curve) => curve.sizes))].sort((a, b) => a - b);
  const traces = [];
  const legend = [];
  // Of a single size there is no curve to draw, so predictors stand side by side.
  const single = sizes.length === 1;
  metric.curves.forEach((curve, number) => {
    const entry = {
      key: curve.method,
      label: curve.method,
      colour: curve.source ? colour("ink-3") : seriesColour(number),
      symbol: SYMBOLS[number % SYMBOLS.length],
      line: !single,
      dash: curve.source ? "dash" : Object.keys(DASHES)[Math.floor(number / SYMBOLS.length) % 4],
    };
    const range = single ? bar(curve, number, entry.colour) : band(curve, entry.colour);
    if (!curve.source) traces.unshift({ ...range, meta: entry.key, mode: "lines" });
    traces.push({
      meta: entry.key,
      mode: single ? "markers" : "lines+markers",
      x: single ? [number] : curve.sizes,
      y: curve.median,
      customdata: curve.sizes.map((_, at) => [number, at]),
      line: { color: entry.colour, width: curve.source ? 1.2 : 2.2, dash: entry.dash },
      marker: { color: entry.colour, size: curve.source ? 7 : 9, symbol: entry.symbol, line: { color: colour("paper"), width: 1 } },
      });
    legend.push(entry);
  });
  const layout = {
    xaxis: single ? methodAxis(chart.spec, metric.curves, sizes[0]) : axis(chart.spec.sizes, sizeAxis(sizes)),
    yaxis: axis(metricHeading(metric), { range: reach(metric) }),
    shapes: metric.references.map(referenceLine),
    uirevision: String(chart.metric),
  };
  return { traces, layout, legend, height: single ? 300 : 560 };
}

function band({ sizes, low, high }, paint) {
  return {
    x: [...sizes, ...[...sizes].reverse()],
    y: [...high, ...[...low].reverse()],
    fill: "toself",
    fillcolor: faded(paint, 0.16),
    line: { width: 0 },
  };
}

function bar({ low, high }, number, paint) {
  return { x: [number, number], y: [low[0], high[0]], line: { color: paint, width: 1.5 } };
}

function methodAxis(spec, curves, size) {
  const ticks = { tickvals: curves.map((_, number) => number), ticktext: curves.map((curve) => plotText(curve.method)) };
  return axis(`${spec.method}, ${numberText(size, 0)} ${spec.sizes}`, { ...ticks, range: [-0.5, curves.length - 0.5] });
}

// From the lowest to the highest of all bands and reference lines, with room for the lines' labels.
function reach({ curves, references }) {
  const lines = references.map((line) => line.value);
  const low = Math.min(...curves.flatMap((curve) => curve.low), ...lines);
  const high = Math.max(...curves.flatMap((curve) => curve.high), ...lines);
  const slack = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - slack, high + slack];
}

// Sizes usually double, so a wide range of them is drawn on a logarithmic axis with a tick at each.
function sizeAxis(sizes) {
  const ticks = { tickvals: sizes, ticktext: sizes.map((size) => numberText(size, 0)) };
  return sizes[sizes.length - 1] / sizes[0] >= 8 ? { ...ticks, type: "log" } : ticks;
}

function referenceLine({ label, value }) {
  return {
    type: "line",
    xref: "paper",
    x0: 0,
    x1: 1,
    y0: value,
    y1: value,
    line: { color: colour("ink-3"), width: 1.2, dash: "dot" },
    label: { text: ` ${plotText(label)}`, textposition: "start", yanchor: "bottom", font: { size: 12, color: colour("ink-2") } },
  };
}

function curveTip(chart, [number, at]) {
  const metric = chart.spec.metrics[chart.metric];
  const curve = metric.curves[number];
  const show = (value) => numberText(value, metric.digits);
  return {
    title: curve.method,
    lines: [
      [chart.spec.sizes, numberText(curve.sizes[at], 0)],
      [`median ${metricHeading(metric)}`, show(curve.median[at])],
      ...(curve.source
        ? []
        : [
            ["range", `${show(curve.low[at])} to ${show(curve.high[at])}`],
            ["seeds", String(curve.seeds[at])],
          ]),
    ],
  };
}
