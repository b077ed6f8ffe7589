// The architectures of the page and what is known of them.

const PAGE = JSON.parse(document.getElementById("data").textContent) ?? { quantities: [], groups: [], pieces: [] };
const QUANTITY = new Map(PAGE.quantities.map((quantity) => [quantity.column, quantity]));

function predictedOf(group, row, column) {
  return PAGE.groups[group].predicted[column]?.[row] ?? null;
}

function measuredOf(group, row, column) {
  return PAGE.groups[group].measured[column]?.[row] ?? null;
}

// Where a chart puts an architecture: at what was measured of it, candidates at what was predicted.
function placeOf(group, row, column) {
  const guess = predictedOf(group, row, column);
  const truth = measuredOf(group, row, column);
  return ["predicted", "chosen"].includes(PAGE.groups[group].role) ? guess ?? truth : truth ?? guess;
}

function drawingOf(group, row) {
  const tags = PAGE.groups[group].drawings[row];
  return tags ? tags.map((tag) => PAGE.pieces[tag]).join("") : null;
}

// Rows of a group that have a place on both axes, as { group, row, x, y }.
function pointsOf(group, x, y) {
  const found = [];
  PAGE.groups[group].names.forEach((_, row) => {
    const point = { group, row, x: placeOf(group, row, x), y: placeOf(group, row, y) };
    if (point.x !== null && point.y !== null) found.push(point);
  });
  return found;
}

// The points that no other one beats (equal ones do not beat each other), from the better to the worse side of x.
function paretoFront(points, xGoal, yGoal) {
  if (!xGoal || !yGoal) return [];
  const xSign = xGoal === "max" ? -1 : 1;
  const ySign = yGoal === "max" ? -1 : 1;
  const sorted = [...points].sort((a, b) => xSign * (a.x - b.x) || ySign * (a.y - b.y));
  const front = [];
  for (const point of sorted) {
    const last = front[front.length - 1];
    if (!last || ySign * point.y < ySign * last.y || (point.x === last.x && point.y === last.y)) front.push(point);
  }
  return front;
}
