// How much the verified hold after each evaluation, round by round.

function startRounds(figure) {
  const chart = startChart(figure, buildRounds);
  const { group, held, rounds, columns } = chart.spec;
  chart.place = (of, row) => (of === group ? [row + 1, held[row]] : [null, null]);
  chart.tip = (point) => {
    const { title, lines } = architectureTip(point, columns);
    const row = point[1];
    const place = [
      ["evaluation", `${row + 1}, round ${rounds[row]}`],
      ["share of the hypervolume", `${numberText(held[row], 1)} %`],
    ];
    return { title, lines: [...place, ...lines] };
  };
  stepWithKeys(chart.plot);
  return chart;
}

function buildRounds(chart) {
  const { group, held, rounds } = chart.spec;
  const points = held.map((y, row) => ({ group, row, x: row + 1, y }));
  const better = points.filter(({ row }) => held[row] > (held[row - 1] ?? 0));
  const others = points.filter((point) => !better.includes(point));
  const line = { color: colour("paper"), width: 1 };
  const [strong, weak] = [
    { key: "better", label: "Adds to what was held", colour: colour("series-1"), symbol: "circle" },
    { key: "others", label: "Adds nothing", colour: colour("ink-3"), symbol: "circle" },
  ];
  const curve = { mode: "lines", x: points.map(({ x }) => x), y: held, line: { color: strong.colour, width: 2, shape: "hv" } };
  const traces = [
    curve,
    { ...dots(others, { color: weak.colour, size: 5 }), meta: weak.key },
    { ...dots(better, { color: strong.colour, size: 9, line }), meta: strong.key },
  ];
  const low = Math.min(...held);
  const slack = (100 - low || 1) * 0.06;
  const begins = rounds.flatMap((round, row) => (row && round !== rounds[row - 1] ? [row + 0.5] : []));
  const layout = {
    xaxis: axis("evaluations", { range: [0, held.length + 1] }),
    yaxis: axis("share of the hypervolume (%)", { range: [low - slack, 100 + slack] }),
    shapes: [...begins.map(roundLine), ring(chart)],
    uirevision: "rounds",
  };
  return { traces, layout, legend: [strong, weak], height: 480 };
}

function roundLine(x) {
  return {
    type: "line",
    yref: "paper",
    x0: x,
    x1: x,
    y0: 0,
    y1: 1,
    layer: "below",
    line: { color: colour("ink-3"), width: 1, dash: "dot" },
  };
}
