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

/** Local time of today, with the date when it was another day. */
export function formatTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(':');
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${clock}`;
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
