/**
 * Bars of known programs: tqdm, rich, pip and uv, keras. Each parser takes one drawn line (it ends with
 * a newline when it is whole) and is strict enough to accept it from the middle of any output.
 */
import type { Progress } from '../../contract/replies/one-job.ts';
import { amount, etaIn, rateIn, seconds } from './amounts.ts';
import { progressFrom, type ProgressSource } from './record.ts';

export type LineParser = (line: string) => Progress | null;

/** Most telling first. */
export const BAR_PARSERS: LineParser[] = [tqdm, keras, uv, rich, pipRaw];

const SIZE = String.raw`(\d+(?:\.\d+)?)`;
const CLOCK = String.raw`\d+:\d\d(?::\d\d)?`;

/** 12/100 [00:01<00:09, 9.5it/s, loss=0.1] */
const TQDM = new RegExp(
  String.raw`(?<![\d.])${SIZE}([kMGTP]?)[A-Za-z]*/(?:${SIZE}([kMGTP]?)|\?)[A-Za-z]* \[${CLOCK}<(\?|${CLOCK}), ([^\],]*)[\],]`,
);
/** 30it [00:01, 29.8it/s] */
const TQDM_NO_TOTAL = new RegExp(
  String.raw`(?<![\d.])${SIZE}([kMGTP]?)[A-Za-z]+ \[${CLOCK}, ([^\],]*)[\],]`,
);
/** 40%|####      | and whatever a bar_format puts behind it */
const TQDM_PERCENT = /(\d{1,3})%\|[^|]*\|/;

function tqdm(line: string): Progress | null {
  return tqdmWithTotal(line) ?? tqdmWithoutTotal(line) ?? tqdmPercent(line);
}

function tqdmWithTotal(line: string): Progress | null {
  const match = TQDM.exec(line);
  if (!match) return null;
  const [, current = '', scale, total, totalScale, remaining = '', rate = ''] = match;
  return progressFrom('tqdm', {
    current: amount(current, scale),
    total: total === undefined ? null : amount(total, totalScale),
    rate: rateIn(rate),
    eta_seconds: seconds(remaining),
    message: titleOf(line.slice(0, match.index)),
  });
}

function tqdmWithoutTotal(line: string): Progress | null {
  const match = TQDM_NO_TOTAL.exec(line);
  if (!match) return null;
  const [, current = '', scale, rate = ''] = match;
  return progressFrom('tqdm', {
    current: amount(current, scale),
    rate: rateIn(rate),
    message: titleOf(line.slice(0, match.index)),
  });
}

function tqdmPercent(line: string): Progress | null {
  const match = isWhole(line) ? TQDM_PERCENT.exec(line) : null;
  if (!match) return null;
  return progressFrom('tqdm', {
    percent: Number(match[1]),
    rate: rateIn(line),
    eta_seconds: etaIn(line),
    message: titleOf(line.slice(0, match.index)),
  });
}

/** 12/100 ━━━━━━ 3s 12ms/step - loss: 0.5, or the older 12/100 [==>...] - ETA: 3s - loss: 0.5 */
const KERAS = /^\s*(\d+)\/(\d+) (?:━+|\[[=>.]+\])(?: - ETA:| -)? (\d[\dhms:]*)(?=\s)(.*)/;

function keras(line: string): Progress | null {
  const match = KERAS.exec(line);
  if (!match || !/(?:\/step|- \w[^:]*:)(?=\s)/.test(line)) return null;
  const [current, total] = [Number(match[1]), Number(match[2])];
  return progressFrom('keras', {
    current,
    total,
    rate: rateIn(match[4] ?? ''),
    eta_seconds: seconds(match[3] ?? ''),
  });
}

/** Preparing packages... (5/7) */
const UV_STEP =
  /\b((?:Resolving|Preparing|Building|Downloading|Installing|Uninstalling) \w+)\.\.\. \((\d+)\/(\d+)\)/;
/** ████░░░░ [3/7] sympy==1.13.3 */
const UV_INSTALL = /^[█░]{8,}() \[(\d+)\/(\d+)\] /;

function uv(line: string): Progress | null {
  const match = UV_STEP.exec(line) ?? UV_INSTALL.exec(line);
  if (!match) return null;
  return progressFrom('pip', {
    current: Number(match[2]),
    total: Number(match[3]),
    message: match[1] || 'Installing packages',
  });
}

const RICH_BAR = /^([^━╸╺]*)[━╸╺]{3,}(.*)/;
const RICH_SIZES = /(?<![\d.])([\d.,]+)(?: (\w+))?\/([\d.,]+) (bytes|[kKMGTP]i?B)\b/;
const RICH_COUNT = /(?<![\d./])(\d+)\/(\d+)(?=\s)/;
const RICH_PERCENT = /(?<![\d.])(\d{1,3}(?:\.\d+)?)%/;
/** pip shows the package it installs behind the bar. */
const PIP_PACKAGE = /^ *\d+\/\d+ \[[\w.-]+\]\s*$/;

function rich(line: string): Progress | null {
  const match = isWhole(line) ? RICH_BAR.exec(line) : null;
  if (!match) return null;
  const [, before = '', after = ''] = match;
  const text = `${after}\n`;
  return progressFrom(isPip(before, after) ? 'pip' : 'rich', {
    ...richNumbers(text),
    rate: rateIn(text),
    eta_seconds: richEta(text),
    message: titleOf(before) ?? titleOf(/\[([\w.-]+)\]\s*$/.exec(after)?.[1] ?? ''),
  });
}

function isPip(before: string, after: string): boolean {
  return before.trim() === '' && (RICH_SIZES.test(after) || PIP_PACKAGE.test(after));
}

function richNumbers(text: string): Partial<Progress> {
  const sizes = RICH_SIZES.exec(text);
  if (sizes) {
    const [, current = '', ownUnit, total = '', unit = ''] = sizes;
    return { current: amount(current, ownUnit ?? unit), total: amount(total, unit) };
  }
  const count = RICH_COUNT.exec(text);
  if (count) return { current: Number(count[1]), total: Number(count[2]) };
  const percent = RICH_PERCENT.exec(text);
  return percent ? { percent: Number(percent[1]) } : {};
}

/** The remaining time is the last clock. */
function richEta(text: string): number | null {
  const clocks = text.match(/\d+:\d\d:\d\d|-:--:--/g);
  return seconds(clocks?.at(-1) ?? '?');
}

/** Progress 1572864 of 6189483 */
const PIP_RAW = /^Progress (\d+) of (\d+)\s$/;

function pipRaw(line: string): Progress | null {
  const match = PIP_RAW.exec(line);
  if (!match) return null;
  return progressFrom('pip', { current: Number(match[1]), total: Number(match[2]) });
}

export function isWhole(line: string): boolean {
  return line.endsWith('\n');
}

/** The name in front of a bar, without the bar's own parts and spinners. */
export function titleOf(before: string): string | null {
  const name = before
    .replace(/(?<![\d.])\d{1,3}(?:\.\d+)?%.*$/s, '')
    .replace(/(?<!\S)[\u2800-\u28ff|/\\-](?!\S)/g, '')
    .trim();
  return name.replace(/[\s:|[(-]{1,8}$/, '') || null;
}

export const STRUCTURED: ReadonlySet<ProgressSource> = new Set(['tqdm', 'keras', 'rich', 'pip']);
