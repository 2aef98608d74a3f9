/*! Charts by uPlot, https://github.com/leeoniya/uPlot, Copyright (c) 2022 Leon Sorokin, MIT licence */
// A chart says what its table says: it is drawn from the table's cells, so the two cannot differ. The table folds away
// once the chart is there; without this script it stays open. Arrow keys go through the chart as a mouse does.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const HEIGHT = 260;
const SPIKE_ROOM = 6;

export function drawCharts() {
  for (const figure of document.querySelectorAll("[data-chart]")) new Chart(figure).begin();
}

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.place = figure.querySelector("[data-chart-place]");
    this.reading = figure.querySelector("[data-chart-reading]");
    this.rows = [...figure.querySelectorAll("tbody tr")];
    this.heads = [...figure.querySelectorAll("thead [data-series]")];
    this.numbers = new Intl.NumberFormat(figure.dataset.language || "en", { notation: "compact" });
    this.plot = null;
  }

  begin() {
    this.place.hidden = false;
    const table = this.figure.querySelector("details");
    if (table) table.open = false;
    this.draw();
    // Colours are part of the picture: another scheme needs another picture.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.fit()).observe(this.place);
    this.place.addEventListener("keydown", (event) => this.press(event));
    this.place.addEventListener("blur", () => this.leave());
  }

  draw() {
    if (this.plot) this.plot.destroy();
    this.plot = new uPlot(this.options(), this.data(), this.place);
  }

  fit() {
    const width = this.place.clientWidth;
    if (width && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }

  data() {
    const columns = this.heads.map((_, number) =>
      this.rows.map((row) => Number(row.querySelectorAll("[data-value]")[number].dataset.value)),
    );
    return [this.rows.map((_, index) => index), ...columns];
  }

  options() {
    const colour = (name) => getComputedStyle(this.figure).getPropertyValue(name).trim();
    const lines = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    const font = `12px ${colour("--sans")}`;
    const few = this.rows.length < 40;
    const styles = [
      { stroke: colour("--chart-first"), fill: colour("--chart-first-soft"), width: 2 },
      { stroke: colour("--chart-second"), width: 2, dash: [6, 4] },
    ];
    return {
      width: this.place.clientWidth || 600,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 8 } },
      scales: {
        x: { time: false, range: (_, from, to) => (from === to ? [from - 1, to + 1] : [from, to]) },
        y: { range: (_, __, most) => [0, Math.max(most * 1.08, 4)] },
      },
      axes: [
        { ...lines, font, space: 70, grid: { show: false }, incrs: STEPS, values: (_, at) => at.map((i) => this.short(i)) },
        { ...lines, font, size: 52, incrs: STEPS, values: (_, at) => at.map((value) => this.numbers.format(value)) },
      ],
      series: [{}, ...this.heads.map((_, number) => ({ ...styles[number], points: { show: few, size: 6, fill: styles[number].stroke } }))],
      hooks: {
        setCursor: [(plot) => this.tell(plot.cursor.idx)],
        draw: [(plot) => this.markSpikes(plot, colour("--warn"))],
      },
    };
  }

  short(index) {
    const row = this.rows[index];
    return row ? row.querySelector("th").dataset.short : "";
  }

  /** Say in words what is under the cursor. */
  tell(index) {
    const row = index == null ? null : this.rows[index];
    if (!row) {
      this.reading.textContent = this.reading.dataset.empty || "";
      return;
    }
    const cells = row.querySelectorAll("[data-value]");
    const said = this.heads.map((head, number) => `${head.textContent.trim()}: ${cells[number].textContent.trim()}`);
    const spike = row.dataset.spike ? ` – ${row.dataset.spike}` : "";
    this.reading.textContent = `${row.querySelector("th").dataset.long} – ${said.join(", ")}${spike}`;
  }

  /** A triangle above each row that the table marks. */
  markSpikes(plot, colour) {
    const draw = plot.ctx, size = SPIKE_ROOM * devicePixelRatio;
    draw.save();
    draw.fillStyle = colour;
    this.rows.forEach((row, index) => {
      if (!row.dataset.spike) return;
      const x = plot.valToPos(index, "x", true), y = plot.bbox.top + size * 2;
      draw.beginPath();
      draw.moveTo(x - size, y - size * 1.8);
      draw.lineTo(x + size, y - size * 1.8);
      draw.lineTo(x, y);
      draw.fill();
    });
    draw.restore();
  }

  press(event) {
    const last = this.rows.length - 1, now = this.plot.cursor.idx;
    const to = {
      ArrowLeft: Math.max((now ?? last + 1) - 1, 0),
      ArrowRight: Math.min((now ?? -1) + 1, last),
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const left = this.plot.valToPos(to, "x");
    this.plot.setCursor({ left, top: this.plot.valToPos(this.plot.data[1][to], "y") });
  }

  leave() {
    this.plot.setCursor({ left: -10, top: -10 });
  }
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1e8, 1e9];
