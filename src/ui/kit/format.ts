/** Numbers, times and foreign text as people read them. */

/** Characters that reorder or hide text around them: shown as a mark instead. */
const DISGUISES =
  /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\u{e0000}|[\u{e0001}-\u{e007f}]/gu;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** One line of text that somebody else wrote. */
export function plain(text: string): string {
  return text.replace(DISGUISES, '\ufffd').replace(CONTROLS, ' ');
}

/** Lines of it. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** Output for a terminal, or code: controls stay, disguises become visible. */
export function forTerminal(text: string): string {
  return text.replace(DISGUISES_IN_OUTPUT, '\ufffd');
}

/** Joiners are left alone here: emoji and several scripts need them. */
const DISGUISES_IN_OUTPUT = /[\u202a-\u202e\u2066-\u2069]|[\u{e0001}-\u{e007f}]/gu;

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (whole < 60) return `${whole} s`;
  if (hours === 0) return `${minutes} min ${rest} s`;
  if (hours < 48) return `${hours} h ${minutes} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const STEPS: [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

export function ago(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1000;
  const step = STEPS.find(([size]) => seconds >= size);
  return step ? AGO.format(-Math.floor(seconds / step[0]), step[1]) : 'just now';
}

const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
});
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function clock(time: string): string {
  return DAY_AND_TIME.format(new Date(time));
}

/** Without the day when it is today. */
export function shortClock(time: string): string {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  return (today ? TIME : DAY_AND_TIME).format(date);
}

export function count(value: number): string {
  return value.toLocaleString();
}
