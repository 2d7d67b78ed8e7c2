/** Times and sizes as people write and read them. */

const HOURS: Record<string, number> = { s: 1 / 3600, m: 1 / 60, h: 1, d: 24, w: 168 };

/** "90m", "24h", "7d" (plain numbers are hours) as hours; null when it is none of these. */
export function parseHours(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([smhdw]?)$/.exec(text);
  return match ? Number(match[1]) * (HOURS[match[2] || 'h'] ?? 1) : null;
}

/** "0.8 s", "2 min 05 s", "3 h 12 min", "4 d 2 h". */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

/** What was measured, to a fraction of a percent: "21.4 ms", "3.214 s", then as formatSeconds. */
export function formatPrecisely(seconds: number): string {
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(1)} ms`;
  return seconds < 59.9995 ? `${seconds.toFixed(3)} s` : formatSeconds(seconds);
}

/** Local time of today, with the date when it was another day. */
export function formatTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(':');
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${clock}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** For narrow columns: "04:05:06" of today, "Feb 03 04:05" of this year, "2025-02-03". */
export function formatShortTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return formatTime(iso, now);
  const [month, day] = [time.getMonth(), pad(time.getDate())];
  if (time.getFullYear() !== now.getFullYear()) {
    return `${time.getFullYear()}-${pad(month + 1)}-${day}`;
  }
  return `${MONTHS[month]} ${day} ${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

const POWERS = ['', 'K', 'M', 'G', 'T'];

/** "500M", "1.5GiB", "5g" (plain numbers are bytes) in bytes; null when it is none of these. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * 1024 ** POWERS.indexOf((match[2] ?? '').toUpperCase()));
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'];

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
