/** Numbers as progress bars print them: 1,234 · 23.8M · 5.90 MiB · 0:00:03 · 12s · 98.2it/s · 1.3s/it */

const POWERS = ['', 'k', 'm', 'g', 't', 'p', 'e'];

/** "1.5" and "k" or "KiB" and the like; only the first letters of the unit count. */
export function amount(number: string, unit = ''): number {
  const power = Math.max(0, POWERS.indexOf(unit.charAt(0).toLowerCase()));
  const base = unit.charAt(1) === 'i' ? 1024 : 1000;
  return Number(number.replace(/[,_]/g, '')) * base ** power;
}

/** "1:02:03", "02:03" or "12s" in seconds; null for "?" and "-:--:--". */
export function seconds(text: string): number | null {
  if (/^\d[\d:]*$/.test(text)) {
    return text.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
  }
  const parts = Array.from(text.matchAll(/(\d+(?:\.\d+)?) ?([dhms])/g));
  if (parts.length === 0) return null;
  const scale: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 };
  return parts.reduce(
    (sum, [, number, unit = 's']) => sum + Number(number) * (scale[unit] ?? 1),
    0,
  );
}

const PER_SECOND = /(?<![\d.])(\d+(?:\.\d+)?) ?([A-Za-z]{0,9})\/s(?![a-z])/;
const SECONDS_PER = /(?<![\d.])(\d+(?:\.\d+)?) ?(us|ms|s|min)\/(?!s\b)[a-z]/;

/** The first rate in a text, per second. */
export function rateIn(text: string): number | null {
  const per = PER_SECOND.exec(text);
  if (per) return amount(per[1] ?? '', scaleOf(per[2] ?? ''));
  const inverse = SECONDS_PER.exec(text);
  const unit = { us: 1e-6, ms: 1e-3, s: 1, min: 60 }[inverse?.[2] ?? ''] ?? 1;
  const each = Number(inverse?.[1] ?? 0) * unit;
  return each > 0 ? round(1 / each) : null;
}

const ETA =
  /\beta[\s:=]{1,3}(\d+:[\d:]*\d|(?:\d+(?:\.\d+)? ?[dhms](?:[a-z]{0,6})\b ?){1,4})(?=\D)/i;

/** A remaining time that is called one. */
export function etaIn(text: string): number | null {
  const eta = ETA.exec(text)?.[1];
  return eta === undefined ? null : seconds(eta);
}

/** "kB", "MiB" and tqdm's "kit" are scaled; "it", "items" and "part" only look so. */
function scaleOf(unit: string): string {
  return /^[kKMGTP]i?(B|b|it|$)/.test(unit) ? unit : '';
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
