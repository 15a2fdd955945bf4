"use strict";
(function () {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);

  // What a narrow page needs: legends in fewer columns, shorter labels of packages. LETTER and SYMBOL as in picture.py.
  const LETTER = 6.2, SYMBOL = 44, NARROW = 460;
  const shortLabel = (text) => `replace(${text}, ', guarantees ', ' · ')`;
  const cutAt = (label) => `lastindexof(slice(${label}, 0, 21), ' ')`;
  const isLong = (label) => `length(${label}) > 20 && ${cutAt(label)} > 0`;
  const twoLines = (label) =>
    `${isLong(label)} ? [slice(${label}, 0, ${cutAt(label)}), slice(${label}, ${cutAt(label)} + 1)] : ${label}`;
  function fitted(node, width) {
    if (!node || typeof node !== "object") return node;
    const names = node.scale && node.scale.domain;
    if (node.legend && node.legend.columns && Array.isArray(names)) {
      const longest = LETTER * Math.max(...names.map((name) => String(name).length)) + SYMBOL;
      node.legend.columns = Math.max(1, Math.min(names.length, Math.floor((width - 40) / longest)));
    }
    if (width < NARROW && node.axis && node.axis.labelLimit) {
      node.axis.labelLimit = 126;
      node.axis.labelLineHeight = 12;
      node.axis.labelExpr = twoLines(shortLabel("datum.label"));
      node.axis.labelOffset = { condition: { test: isLong(shortLabel("datum.value")), value: -6 }, value: 0 };
    }
    if (width < NARROW && node.layer && node.height && JSON.stringify(node.layer).includes('"labelLimit"')) {
      node.height *= 1.4; // room for labels in two lines
    }
    for (const [key, value] of Object.entries(node)) if (key !== "data" && key !== "values") fitted(value, width);
    return node;
  }

  // Expressions are interpreted, not compiled, so that the page needs no permission to evaluate code.
  const shown = new Map();
  async function draw() {
    for (const element of document.querySelectorAll(".chart[data-spec]")) {
      const width = element.clientWidth;
      if (shown.get(element) === width) continue;
      shown.set(element, width);
      try {
        await vegaEmbed(element, fitted(read(element.dataset.spec), width), {
          mode: "vega-lite", renderer: "svg", actions: false, ast: true, tooltip: { theme: "light" },
        });
      } catch (fault) {
        element.textContent = "This chart could not be drawn: " + fault.message;
        console.error(fault);
      }
    }
    document.documentElement.dataset.drawn = String(shown.size);
  }

  // Hundreds of paths on a plain canvas: one stroke each, the axis drawn by hand.
  function paths() {
    const canvas = document.getElementById("paths");
    if (!canvas) return;
    const data = read("paths-data");
    const box = canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(box.width * scale);
    canvas.height = Math.round(box.height * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const left = 44, right = 10, top = 10, bottom = 26;
    const width = box.width - left - right, height = box.height - top - bottom;
    const x = (t) => left + (width * t) / data.periods;
    const y = (v) => top + height * (1 - (v - data.low) / (data.high - data.low));
    pen.font = '12px Arial, "Liberation Sans", sans-serif';
    pen.fillStyle = "#52606d";
    pen.strokeStyle = "#e4e7eb";
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const level of data.marks) {
      pen.beginPath();
      pen.moveTo(left, y(level));
      pen.lineTo(left + width, y(level));
      pen.stroke();
      pen.fillText(Math.round(100 * level) + "%", left - 6, y(level));
    }
    pen.textBaseline = "top";
    pen.textAlign = "center";
    let free = -Infinity;
    for (const [period, label] of data.ticks) {
      if (x(period) < free) continue;
      pen.fillText(label, Math.min(Math.max(x(period), left + 14), left + width - 14), top + height + 8);
      free = x(period) + 44;
    }
    pen.lineJoin = "round";
    data.paths.forEach(([end, path], k) => {
      const aside = data.spread * (((k * 0.618034) % 1) - 0.5); // lines of one level lie side by side, in a fixed order
      const at = (t) => y(data.levels[path[t]] + aside);
      pen.beginPath();
      path.forEach((_, t) => (t ? pen.lineTo(x(t), at(t)) : pen.moveTo(x(t), at(t))));
      pen.globalAlpha = 0.22;
      pen.strokeStyle = data.colours[end];
      pen.stroke();
      const last = path.length - 1;
      pen.globalAlpha = 0.85;
      pen.fillStyle = data.colours[end];
      pen.beginPath();
      pen.arc(x(last), at(last), 2.2, 0, 7);
      pen.fill();
    });
    pen.globalAlpha = 1;
  }

  // Assumptions are folded on the screen and always printed.
  const groups = document.querySelectorAll("details.group");
  const openAll = () => groups.forEach((group) => (group.open = true));
  const button = document.getElementById("open-all");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", openAll);
  }
  window.addEventListener("beforeprint", openAll);

  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => (paths(), draw()), 150);
  });
  paths();
  draw();
})();
