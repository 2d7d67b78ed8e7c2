/** What is said about the results: a Markdown table for people, JSON for later comparison. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { dirname } from 'node:path';

export interface Row {
  name: string;
  measured: string;
  against: string;
  value_ms: number;
  baseline_ms: number;
  ratio: number;
  limit: number;
  within: boolean;
}

export interface Facts {
  date: string;
  quick: boolean;
  cpu: string;
  system: string;
  node: string;
  python: string;
}

export function factsAbout(python: string, quick: boolean): Facts {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString(),
    quick,
    cpu: `${availableParallelism()} × ${model}, ${memory} GiB, load ${loadavg()[0]?.toFixed(1)}`,
    system: `${process.platform} ${release()}`,
    node: process.version,
    python: execFileSync(python, ['-V'], { encoding: 'utf8' }).trim(),
  };
}

export function markdown(rows: Row[], facts: Facts): string {
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${row.measured} | ${row.against} | ${milliseconds(row.value_ms)} | ` +
      `${milliseconds(row.baseline_ms)} | ${row.ratio.toFixed(3)} | ${row.limit.toFixed(2)} | ` +
      `${row.within ? 'yes' : '**no**'} |`,
  );
  return [
    `${facts.date}${facts.quick ? ' (quick)' : ''}: ${facts.python}, Node ${facts.node}, ` +
      `${facts.system}, ${facts.cpu}`,
    '',
    '| name | measured | against | ms | baseline ms | ratio | limit | within |',
    '|---|---|---|--:|--:|--:|--:|---|',
    ...lines,
  ].join('\n');
}

function milliseconds(value: number): string {
  return value < 100 ? value.toFixed(2) : value.toFixed(0);
}

export function writeJson(file: string, rows: Row[], facts: Facts): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ facts, rows }, null, 2)}\n`);
}
