// The Pareto front: table rows and candidates behind, what was verified before them.

const CROWD = ["table", "predicted"];

function startFront(figure) {
  const chart = startChart(figure, buildFront);
  chart.x = chart.spec.x;
  chart.y = chart.spec.y;
  chart.isShown = (group, row) => PAGE.groups[group].role !== "verified" || row < chart.verified;
  chart.place = (group, row) =>
    chart.isShown(group, row) ? [placeOf(group, row, chart.x), placeOf(group, row, chart.y)] : [null, null];
  chart.tip = (point) => architectureTip(point, chart.spec.columns);
  if (chart.spec.columns.length > 2) {
    chart.controls.append(axisChoice(chart, "x", "Across"), axisChoice(chart, "y", "Up"));
  }
  const { ends } = chart.spec;
  chart.verified = ends.at(-1) ?? Infinity;
  if (ends.length > 1) chart.controls.append(roundChoice(chart));
  stepWithKeys(chart.plot);
  return chart;
}

// The front in time: what was verified up to a round, on the axes of the whole search.
function roundChoice(chart) {
  const { ends } = chart.spec;
  const shown = make("output");
  const show = (round) => {
    chart.verified = ends[round - 1];
    shown.textContent = `${round} of ${ends.length}, ${chart.verified} verified`;
  };
  const change = (event) => {
    show(Number(event.target.value));
    drawChart(chart);
  };
  show(ends.length);
  const slider = { type: "range", name: "round", min: 1, max: ends.length, value: ends.length, oninput: change };
  return make("label", {}, "After round", make("input", slider), shown);
}

function axisChoice(chart, which, label) {
  const options = chart.spec.columns.map((column) =>
    make("option", { value: column, selected: column === chart[which] }, QUANTITY.get(column).heading),
  );
  const change = (event) => {
    chart[which] = event.target.value;
    drawChart(chart);
  };
  return make("label", {}, label, make("select", { onchange: change, name: which }, ...options));
}

function buildFront(chart) {
  const [x, y] = [QUANTITY.get(chart.x), QUANTITY.get(chart.y)];
  const traces = [];
  const legend = [];
  const order = ["table", "predicted", "chosen", "random", "verified"];
  const groups = PAGE.groups.map((group, number) => ({ ...group, number })).filter((group) => group.names.length);
  groups.sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
  chart.crowd = new Set();
  for (const group of groups) {
    const found = pointsOf(group.number, chart.x, chart.y);
    const points = found.filter(({ row }) => chart.isShown(group.number, row));
    if (!points.length) continue;
    if (CROWD.includes(group.role)) chart.crowd.add(`g${group.number}`);
    const front = paretoFront(points.filter(({ row }) => group.kept[row] !== 0), x.goal, y.goal);
    for (const part of PARTS[group.role](group, points, front, chart)) {
      traces.push(...part.traces.map((trace) => ({ ...trace, meta: part.entry.key })));
      legend.push(part.entry);
    }
  }
  const layout = {
    xaxis: quantityAxis(x, { range: interesting(x) }),
    yaxis: quantityAxis(y, { range: interesting(y) }),
    shapes: [...boundLine(x, "x"), ...boundLine(y, "y"), ring(chart)],
    uirevision: `${chart.x}|${chart.y}`,
  };
  return { traces, layout, legend };
}

const PARTS = {
  table(group, points, front) {
    const paint = colour("backdrop");
    const rows = { key: `g${group.number}`, label: group.label, note: group.note, colour: paint, symbol: "circle" };
    const edge = { key: `f${group.number}`, label: frontLabel(group), colour: colour("ink-3"), line: true, dash: "dot" };
    const parts = [{ entry: rows, traces: [dots(points, { color: paint, size: 4 })] }];
    if (front.length > 1) parts.push({ entry: edge, traces: [stairs(front, edge.colour, 1.5, "dot")] });
    return parts;
  },
  predicted(group, points) {
    const paint = colour("candidate");
    const entry = { key: `g${group.number}`, label: group.label, note: group.note, colour: paint, symbol: "square" };
    return [{ entry, traces: [dots(points, { color: paint, size: 4, symbol: "square", opacity: 0.6 })] }];
  },
  chosen(group, points) {
    const paint = colour("series-4");
    const entry = { key: `g${group.number}`, label: group.label, note: group.note, colour: paint, symbol: "triangle-up" };
    return [{ entry, traces: [dots(points, { color: paint, size: 9, symbol: "triangle-up" })] }];
  },
  random(group, points) {
    const paint = colour("series-2");
    const entry = { key: `g${group.number}`, label: group.label, note: group.note, colour: paint, symbol: "diamond" };
    const line = { color: colour("paper"), width: 1 };
    return [{ entry, traces: [dots(points, { color: paint, size: 10, symbol: "diamond", line })] }];
  },
  verified(group, points, front, chart) {
    const paint = colour("series-1");
    const best = new Set(front.map((point) => point.row));
    const entry = { key: `g${group.number}`, label: group.label, note: group.note, colour: paint, symbol: "circle" };
    const edge = { key: `f${group.number}`, label: frontLabel(group), colour: paint, line: true };
    const marker = {
      color: points.map((point) => (best.has(point.row) ? paint : colour("paper"))),
      size: 10,
      line: { color: paint, width: 2 },
    };
    const parts = [{ entry, traces: [dots(points, marker)] }];
    if (front.length > 1) parts.unshift({ entry: edge, traces: [stairs(front, paint, 2, "solid")] });
    const moved = shifts(group.number, points, chart);
    if (moved) parts.unshift(moved);
    return parts;
  },
};

// From where each architecture was predicted to where it was verified.
function shifts(group, points, chart) {
  const paint = colour("ink-3");
  const [xs, ys, ends] = [[], [], []];
  for (const { row, x, y } of points) {
    const from = {
      group,
      row,
      x: predictedOf(group, row, chart.x) ?? x,
      y: predictedOf(group, row, chart.y) ?? y,
    };
    if (from.x === x && from.y === y) continue;
    ends.push(from);
    xs.push(from.x, x, null);
    ys.push(from.y, y, null);
  }
  if (!ends.length) return null;
  const lines = { x: xs, y: ys, mode: "lines", line: { color: paint, width: 1 } };
  const tails = dots(ends, { color: colour("paper"), size: 5, line: { color: paint, width: 1.2 } });
  const entry = { key: `s${group}`, label: "Predicted, then verified", colour: paint, symbol: "circle", open: true, line: true };
  return { entry, traces: [lines, tails] };
}

function dots(points, marker) {
  return {
    mode: "markers",
    x: points.map((point) => point.x),
    y: points.map((point) => point.y),
    customdata: points.map((point) => [point.group, point.row]),
    marker: { line: { width: 0 }, ...marker },
  };
}

// The region that the front dominates has a staircase as its edge.
function stairs(front, paint, width, dash) {
  const sorted = [...front].sort((a, b) => a.x - b.x);
  const shape = front[0] === sorted[0] ? "hv" : "vh";
  return {
    mode: "lines",
    x: sorted.map((point) => point.x),
    y: sorted.map((point) => point.y),
    line: { color: paint, width, shape, dash },
  };
}

// All that was verified and all that is good; the worst few of the crowd behind would only squeeze the rest.
function interesting({ column, goal }) {
  const few = [];
  const crowd = [];
  PAGE.groups.forEach((group, number) => {
    const into = CROWD.includes(group.role) ? crowd : few;
    group.names.forEach((_, row) => into.push(placeOf(number, row, column)));
  });
  const sorted = crowd.filter((value) => value !== null).sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const values = few.filter((value) => value !== null);
  if (sorted.length) values.push(at(goal === "max" ? 0.1 : 0), at(goal === "min" ? 0.9 : 1));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const slack = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - slack, high + slack];
}

function frontLabel(group) {
  return `Front of ${group.label[0].toLowerCase()}${group.label.slice(1)}`;
}

function boundLine(quantity, which) {
  if (quantity.bound === null) return [];
  const other = which === "x" ? "y" : "x";
  return [
    {
      type: "line",
      [`${which}0`]: quantity.bound,
      [`${which}1`]: quantity.bound,
      [`${other}ref`]: "paper",
      [`${other}0`]: 0,
      [`${other}1`]: 1,
      line: { color: colour("series-2"), width: 1.5, dash: "dash" },
      label: { text: plotText(`bound ${quantity.bound}`), textposition: "end", font: { color: colour("series-2") } },
    },
  ];
}
