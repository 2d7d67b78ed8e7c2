/**
 * Progress that people print themselves. A number is believed only with a reason beside it (a word, a
 * bar, brackets), because output is full of dates, versions, paths, scores and fractions. Whole lines
 * only: 5/10 may be the beginning of 5/100.
 */
import type { Progress } from '../../contract/replies/one-job.ts';
import { etaIn, rateIn } from './amounts.ts';
import { type LineParser, titleOf } from './known-bars.ts';
import { progressFrom, type ProgressSource } from './record.ts';

/** Most telling first. */
export const GUESS_PARSERS: LineParser[] = [epoch, bar, count, percent];

const WORD = [
  'progress|process(?:ed|ing)?|complet(?:ed?|ing)|finish(?:ed|ing)?|done|handl(?:ed|ing)|analy[sz](?:ed|ing)',
  'download(?:ed|ing)?|upload(?:ed|ing)?|load(?:ed|ing)?|fetch(?:ed|ing)?|scann?(?:ed|ing)?|train(?:ed|ing)?',
  'import(?:ed|ing)?|export(?:ed|ing)?|install(?:ed|ing)?|extract(?:ed|ing)?|copied|copying|writing|reading',
  'items?|steps?|batch(?:es)?|iter(?:ation)?s?|files?|rows?|records?|pages?|chunks?|parts?|images?|samples?',
  'tasks?|jobs?|folds?|trials?|rounds?|frames?|shards?|tests?|urls?|requests?|runs?|stages?|phases?|users?',
  'documents?|docs?|examples?|quer(?:y|ies)|generations?|episodes?|games?|videos?|blocks?|loops?|seeds?|tiles?',
].join('|');

const WHOLE_NUMBER = String.raw`(\d{1,3}(?:,\d{3})+|\d+)`;
/** A number ends here: not in a date, a path, a version, and not at a cut. */
const END = String.raw`(?=[\s\])},;|"']|[.:!][^\d])`;
const BEFORE = String.raw`(?<![\w,./:-])`;

/** epoch 3/10, Epoch [3/10], epoch 3 of 10 */
const EPOCH = new RegExp(
  String.raw`\bepochs?[\s:=#[(]{1,4}${WHOLE_NUMBER} ?(?:/|of) ?${WHOLE_NUMBER}${END}`,
  'i',
);
/** Progress: 5/100, Processing item 3 of 10 */
const AFTER_WORD = new RegExp(
  String.raw`\b(?:${WORD})[\s:=#([-]{1,4}${WHOLE_NUMBER} ?(?:/|of) ?${WHOLE_NUMBER}${END}`,
  'i',
);
/** 5/100 files */
const BEFORE_WORD = new RegExp(
  String.raw`${BEFORE}${WHOLE_NUMBER} ?/ ?${WHOLE_NUMBER} (?:${WORD})\b`,
  'i',
);
/** [3/10] anywhere, (3/10) at the start of a line */
const IN_BRACKETS = new RegExp(
  String.raw`(?:(?<!\S)\[|^\s*\() ?${WHOLE_NUMBER} ?(?:/|of) ?${WHOLE_NUMBER} ?[\])]`,
);
const FRACTION = new RegExp(String.raw`${BEFORE}${WHOLE_NUMBER} ?/ ?${WHOLE_NUMBER}${END}`);

/** Lines whose numbers mean something else. */
const NOT_PROGRESS = /\b[Pp]ages? \d+ of \d+|^\s*::|:\/\/|^\s*File "|Traceback|^\s*\+{3} |^\s*@@/;

function epoch(line: string): Progress | null {
  return counted('epoch', line, EPOCH.exec(line));
}

function count(line: string): Progress | null {
  if (NOT_PROGRESS.test(line)) return null;
  const match = AFTER_WORD.exec(line) ?? IN_BRACKETS.exec(line) ?? BEFORE_WORD.exec(line);
  return counted('count', line, match);
}

function counted(
  source: ProgressSource,
  line: string,
  match: RegExpExecArray | null,
): Progress | null {
  if (!match) return null;
  const [, current = '', total = ''] = match;
  return progressFrom(source, {
    current: Number(current.replaceAll(',', '')),
    total: Number(total.replaceAll(',', '')),
    rate: rateIn(line),
    eta_seconds: etaIn(line),
    message: line,
  });
}

/** [####      ], [==>   ], |███░░░|, and blocks without a frame */
const FRAMED = /[[|]([#=*>█▓■▰▉-▏]*)([ .·\-_░▒▱]*)[\]|]/;
const BLOCKS = /([█▓■▰]+)([░▒▱ ]*)/;
const FEWEST_CELLS = 5;
const PERCENT = /(?<![\d.])(\d{1,3}(?:\.\d+)?) ?%/;

function bar(line: string): Progress | null {
  const match = FRAMED.exec(line) ?? BLOCKS.exec(line);
  const [drawn = '', filled = '', empty = ''] = match ?? [];
  if (!match || filled.length + empty.length < FEWEST_CELLS) return null;
  const printed = PERCENT.exec(line);
  const fraction = printed ? null : FRACTION.exec(line);
  const percent = printed ? Number(printed[1]) : filledPercent(filled, empty);
  if (!fraction && percent === null) return null;
  return progressFrom('bar', {
    ...(fraction ? { current: Number(fraction[1]), total: Number(fraction[2]) } : { percent }),
    rate: rateIn(line),
    eta_seconds: etaIn(line),
    message: titleOf(line.slice(0, line.indexOf(drawn))),
  });
}

/** Only the bar itself says how far: rulers like [=====] and [-----] must not count. */
function filledPercent(filled: string, empty: string): number | null {
  const isBar = filled.length > 0 && (empty.length > 0 || /^[#█▓■▰]+$/.test(filled));
  return isBar ? Math.round((100 * filled.length) / (filled.length + empty.length)) : null;
}

const NUMBER = String.raw`(\d{1,3}(?:\.\d+)?) ?%`;
/** 40% alone, [ 40%] as build tools print it, Progress: 40%, Downloading data.bin... 40%, 40% done */
const PERCENTS = [
  new RegExp(String.raw`^\s*${NUMBER}\s*$`),
  new RegExp(String.raw`(?<!\S)\[ *${NUMBER}\]`),
  new RegExp(String.raw`\b(?:${WORD})(?: \S{1,60}?)?[\s:.=>(-]{1,8}${NUMBER}`, 'i'),
  new RegExp(
    String.raw`(?<![\d.])${NUMBER} {0,2}(?:complete|completed|done|finished|processed|downloaded|loaded)\b`,
    'i',
  ),
];

/** What a share is of, when it is none of the work: 80% used, 3% failed, 80% train, 10% remaining. */
const SHARE_OF =
  /^\s{0,2}(?:of\s+(?:\w+\s+)?)?(?:us(?:ed|age)|free|full|fail\w*|pass\w*|skip\w*|lost|dropped|missing|idle|busy|train\w*|test\w*|valid\w*|split|accura\w*|confiden\w*|cover\w*|off|slower|faster|smaller|larger|higher|lower|less|more|cpu|gpu|memory|ram|disk|remaining|left|errors?)\b/i;
/** Training accuracy: 80%, processing CPU 40% */
const MEASURE =
  /\b(?:accuracy|precision|recall|loss|coverage|dropout|split|set|size|cpu|gpu|memory|mem|ram|disk|usage|utili[sz]ation|rate|ratio|fraction|share|score|quality|errors?|failures?)\b[^%]{0,20}$/i;

function isShare(line: string, match: RegExpExecArray): boolean {
  const number = match.index + match[0].search(/\d+(?:\.\d+)? ?%/);
  const behind = line.slice(line.indexOf('%', number) + 1);
  return SHARE_OF.test(behind) || MEASURE.test(line.slice(0, number));
}

function percent(line: string): Progress | null {
  if (!line.includes('%') || NOT_PROGRESS.test(line)) return null;
  for (const pattern of PERCENTS) {
    const match = pattern.exec(line);
    if (match && !isShare(line, match)) return said(line, Number(match[1]));
  }
  return null;
}

function said(line: string, percent: number): Progress | null {
  return progressFrom('percent', {
    percent,
    rate: rateIn(line),
    eta_seconds: etaIn(line),
    message: /[A-Za-z]/.test(line) ? line : null,
  });
}
