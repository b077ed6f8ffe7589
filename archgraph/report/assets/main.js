// Starts everything, and redraws charts whose width changed.

const STARTERS = { front: startFront, agreement: startAgreement, rank: startRank, rounds: startRounds };

function drawAll() {
  CHARTS.forEach(drawChart);
}

startTheme(drawAll);
startTables();
document.querySelectorAll("figure.chart").forEach((figure) => STARTERS[figure.dataset.kind](figure));
drawAll();
startPanel();

const widths = new Map();
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const width = Math.round(contentRect.width);
    if (printing || widths.get(target) === width) continue;
    const known = widths.has(target);
    widths.set(target, width);
    if (known) drawChart(CHARTS.find((chart) => chart.plot === target));
  }
});
CHARTS.forEach((chart) => observer.observe(chart.plot));
document.documentElement.dataset.ready = "true";
