/** CPU and memory of a running job: asked for only while the chart is on the screen. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson } from '../api/api.ts';
import type { UsageSample } from '../api/api-types.ts';
import { bytes, duration } from '../kit/format.ts';
import { Section } from '../kit/section.tsx';
import { useStore } from '../api/store.ts';
import { theme } from '../frame/theme.ts';

const SAMPLE_EVERY_MS = 1_000;
const MOST_SAMPLES = 600;

export function UsageChart({ id }: { id: string }) {
  const box = useRef<HTMLDivElement>(null);
  const samples = useSamples(id, box);
  useCharts(box, samples);
  const last = samples.at(-1);
  return (
    <Section title="CPU and memory">
      <div ref={box} class="charts" aria-hidden="true" />
      {last ? (
        <p class="usage-now">
          <span class="swatch is-cpu" />
          {last.cpu_percent === null ? '–' : `${Math.round(last.cpu_percent)}%`} CPU
          <span class="swatch is-memory" />
          {bytes(last.rss_bytes)} · {duration(last.cpu_seconds)} used · {last.processes}{' '}
          {last.processes === 1 ? 'process' : 'processes'}
        </p>
      ) : (
        <p class="usage-now">Measuring…</p>
      )}
    </Section>
  );
}

function useSamples(id: string, box: { current: HTMLElement | null }): UsageSample[] {
  const [samples, setSamples] = useState<UsageSample[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    let seen = false;
    const observer = new IntersectionObserver(([entry]) => {
      seen = entry?.isIntersecting ?? false;
    });
    if (box.current) observer.observe(box.current);
    const ask = (): void => {
      if (!seen || document.hidden) return;
      getJson<UsageSample>(`/jobs/${id}/usage`, controller.signal).then(
        (sample) => setSamples((before) => [...before.slice(1 - MOST_SAMPLES), sample]),
        () => {}, // it ends between two questions
      );
    };
    const timer = setInterval(ask, SAMPLE_EVERY_MS);
    return () => {
      controller.abort();
      observer.disconnect();
      clearInterval(timer);
    };
  }, [id]);
  return samples;
}

function useCharts(box: { current: HTMLElement | null }, samples: UsageSample[]): void {
  const [draw, setDraw] = useState<{ show: (samples: UsageSample[]) => void } | null>(null);
  const chosen = useStore(theme);
  useEffect(() => {
    let gone = false;
    let close = (): void => {};
    void import('./usage-plot.ts').then(({ UsagePlot }) => {
      if (gone || !box.current) return;
      const plot = new UsagePlot(box.current);
      close = () => plot.dispose();
      setDraw(plot);
    });
    return () => {
      gone = true;
      close();
      setDraw(null);
    };
  }, [chosen]);
  useEffect(() => draw?.show(samples), [draw, samples]);
}
