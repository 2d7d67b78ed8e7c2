/** The two curves, drawn by uPlot; loaded with the first chart. */
import uPlot from 'uplot';
import type { UsageSample } from '../api/api-types.ts';
import { bytes } from '../kit/format.ts';

const HEIGHT = 110;
const LEAST_SPAN_SECONDS = 30;
const EMPTY_BYTES = 16 * 1024 * 1024;
const POWERS_OF_TWO = Array.from({ length: 45 }, (_, power) => 2 ** power);

export class UsagePlot {
  readonly #plot: uPlot;
  readonly #resize: ResizeObserver;

  constructor(box: HTMLElement) {
    this.#plot = new uPlot(optionsFor(box), [[], [], []], box);
    this.#resize = new ResizeObserver(() =>
      this.#plot.setSize({ width: box.clientWidth, height: HEIGHT }),
    );
    this.#resize.observe(box);
  }

  readonly show = (samples: UsageSample[]): void => {
    if (samples.length < 2) return; // one point makes no curve, and the library would give it a day
    this.#plot.setData([
      samples.map(({ at }) => Date.parse(at) / 1000),
      samples.map(({ cpu_percent: percent }) => percent),
      samples.map(({ rss_bytes: size }) => size),
    ]);
  };

  dispose(): void {
    this.#resize.disconnect();
    this.#plot.destroy();
  }
}

function optionsFor(box: HTMLElement): uPlot.Options {
  const colour = (name: string): string => getComputedStyle(box).getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--chart-text'),
    grid: { stroke: colour('--chart-grid'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: box.clientWidth || 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, from, to) => [Math.min(from, to - LEAST_SPAN_SECONDS), to] },
      percent: { range: (_plot, _from, to) => [0, Math.max(100, to || 0)] },
      bytes: { range: (_plot, _from, to) => [0, (to || EMPTY_BYTES) * 1.2] },
    },
    axes: [
      { ...axis, size: 22, space: 70 },
      { ...axis, scale: 'percent', size: 44, space: 30, values: (_plot, all) => all.map(percent) },
      {
        ...axis,
        scale: 'bytes',
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the library exports no value
        side: 1,
        size: 52,
        space: 30,
        grid: { show: false },
        incrs: POWERS_OF_TWO,
        values: (_plot, all) => all.map(bytes),
      },
    ],
    series: [
      {},
      { scale: 'percent', stroke: colour('--chart-cpu'), width: 1.5, points: { show: false } },
      { scale: 'bytes', stroke: colour('--chart-memory'), width: 1.5, points: { show: false } },
    ],
  };
}

function percent(value: number): string {
  return `${value}%`;
}
