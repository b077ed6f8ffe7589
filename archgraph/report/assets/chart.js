// What all charts share: the look of the axes, the legend, the tooltip and the choice of a point.

const CHARTS = [];
const TOOLTIP = document.getElementById("tooltip");
const CONFIG = {
  displaylogo: false,
  responsive: false,
  toImageButtonOptions: { filename: "archgraph", scale: 2 },
  modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
};
const PRINT_WIDTH = 680;

// build(chart) gives { traces, layout, legend } and, where it should be less, the largest height; a trace belongs to the legend entry named by its meta.
function startChart(figure, build) {
  const chart = {
    figure,
    build,
    plot: figure.querySelector(".plot"),
    legend: figure.querySelector(".legend"),
    controls: figure.querySelector(".controls"),
    spec: JSON.parse(figure.querySelector("script").textContent),
    hidden: new Set(),
  };
  CHARTS.push(chart);
  return chart;
}

function drawChart(chart) {
  const { traces, layout, legend, height = 720 } = chart.build(chart);
  for (const trace of traces) trace.visible = !chart.hidden.has(trace.meta);
  const width = printing ? PRINT_WIDTH : chart.plot.clientWidth;
  const size = { width, height: Math.round(Math.min(Math.max(width * 0.62, 300), height)) };
  Plotly.react(chart.plot, traces, { ...baseLayout(width), ...layout, ...size }, CONFIG);
  drawLegend(chart, legend);
  if (!chart.started) listen(chart);
}

function baseLayout(width) {
  return {
    autosize: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("ink-2") },
    margin: { l: width < 480 ? 56 : 68, r: 12, t: 28, b: 52 },
    showlegend: false,
    hovermode: false,
    dragmode: window.matchMedia("(pointer: coarse)").matches ? false : "zoom",
    modebar: { color: colour("ink-3"), activecolor: colour("ink"), bgcolor: "rgba(0,0,0,0)" },
  };
}

function axis(title, more = {}) {
  return {
    title: { text: plotText(title), standoff: 10, font: { color: colour("ink") } },
    gridcolor: colour("grid"),
    linecolor: colour("axis"),
    tickcolor: colour("axis"),
    showline: true,
    zeroline: false,
    ticks: "outside",
    ticklen: 4,
    exponentformat: "SI",
    minexponent: 4,
    automargin: true,
    ...more,
  };
}

function quantityAxis(quantity, more = {}) {
  const hint = { max: `${quantity.heading}   better \u2192`, min: `\u2190 better   ${quantity.heading}` };
  return axis(hint[quantity.goal] ?? quantity.heading, more);
}

function drawLegend(chart, entries) {
  chart.legend.replaceChildren(
    ...entries.map((entry) =>
      make(
        "button",
        { type: "button", "aria-pressed": String(!chart.hidden.has(entry.key)), onclick: () => toggle(chart, entry.key) },
        swatch(entry),
        entry.label,
        entry.note ? make("span", { class: "note" }, entry.note) : null,
      ),
    ),
  );
}

function toggle(chart, key) {
  const position = [...chart.legend.children].indexOf(document.activeElement);
  if (!chart.hidden.delete(key)) chart.hidden.add(key);
  drawChart(chart);
  chart.legend.children[position]?.focus();
}

const SHAPES = {
  circle: "M7 10a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
  square: "M7.4 6.4h7.2v7.2h-7.2z",
  diamond: "M11 5l5 5l-5 5l-5 -5z",
  "triangle-up": "M11 5.4l4.8 8.2h-9.6z",
  cross: "M9.6 5.5h2.8v3.1h3.1v2.8h-3.1v3.1h-2.8v-3.1h-3.1v-2.8h3.1z",
  star: "M11 4.6l1.6 3.6l3.9 .4l-2.9 2.6l.8 3.9l-3.4 -2l-3.4 2l.8 -3.9l-2.9 -2.6l3.9 -.4z",
};
const SYMBOLS = Object.keys(SHAPES);
const DASHES = { solid: null, dash: "5 3", dot: "1.5 3", dashdot: "5 2 1.5 2" };

function swatch({ colour: paint, symbol, open, line, dash = "solid" }) {
  const space = "http://www.w3.org/2000/svg";
  const image = document.createElementNS(space, "svg");
  image.setAttribute("viewBox", "0 0 22 20");
  image.setAttribute("aria-hidden", "true");
  const add = (path, fill, stroke, dashes) => {
    const node = document.createElementNS(space, "path");
    node.setAttribute("d", path);
    node.setAttribute("fill", fill);
    node.setAttribute("stroke", stroke);
    node.setAttribute("stroke-width", "1.8");
    if (dashes) node.setAttribute("stroke-dasharray", dashes);
    image.append(node);
  };
  if (line) add("M0 10h22", "none", paint, DASHES[dash]);
  if (symbol) add(SHAPES[symbol], open ? colour("paper") : paint, paint);
  return image;
}

function listen(chart) {
  chart.started = true;
  let pressed = null;
  chart.plot.addEventListener("mousemove", (event) => {
    const point = pointAt(chart, event);
    if (point) showTooltip(chart.tip(point), event);
    else hideTooltip();
  });
  chart.plot.addEventListener("mouseleave", hideTooltip);
  chart.plot.addEventListener("pointerdown", (event) => {
    pressed = event.target.closest(".modebar") ? null : event;
  });
  // On the window, because Plotly covers the page while a button is down.
  window.addEventListener("pointerup", (event) => {
    const still = pressed && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) < 5;
    pressed = null;
    const point = still && chart.place ? pointAt(chart, event) : null;
    if (point) choose(...point, { open: true });
  });
}

// What is drawn at the pointer, by its customdata; a point of the crowd must be much nearer than one before it.
function pointAt(chart, { clientX, clientY }) {
  const box = chart.plot.querySelector(".nsewdrag").getBoundingClientRect();
  const { xaxis, yaxis } = chart.plot.layout;
  let [found, least] = [null, 14];
  for (const { x, y, customdata, visible, meta } of chart.plot.data) {
    if (!customdata || !visible) continue;
    const handicap = chart.crowd?.has(meta) ? 6 : 0;
    customdata.forEach((point, at) => {
      const across = box.left + share(xaxis, x[at]) * box.width - clientX;
      const up = box.bottom - share(yaxis, y[at]) * box.height - clientY;
      const distance = Math.hypot(across, up) + handicap;
      if (distance < least) [found, least] = [point, distance];
    });
  }
  return found;
}

// How far along an axis a value lies, from 0 to 1.
function share({ type, range: [from, to] }, value) {
  return ((type === "log" ? Math.log10(value) : value) - from) / (to - from);
}

// lines: [text, text] pairs below a heading.
function showTooltip({ title, lines }, pointer) {
  TOOLTIP.replaceChildren(
    make("strong", {}, title),
    ...lines.map(([name, value]) => make("div", {}, make("span", {}, name), make("span", {}, value))),
  );
  TOOLTIP.classList.add("shown");
  const box = TOOLTIP.getBoundingClientRect();
  const left = Math.min(pointer.clientX + 14, window.innerWidth - box.width - 8);
  const above = pointer.clientY - box.height - 14;
  TOOLTIP.style.left = `${Math.max(left, 8)}px`;
  TOOLTIP.style.top = `${above < 8 ? pointer.clientY + 18 : above}px`;
}

function hideTooltip() {
  TOOLTIP.classList.remove("shown");
}
