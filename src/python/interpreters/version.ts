/** Python release numbers ("3.12.1") and the specifiers of `requires-python` (">=3.10,<4"). */

const CLAUSE = /^(~=|==|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)(\.\*)?$/;

/** Negative, zero or positive, as for sorting; missing parts count as 0. */
export function compareVersions(left: string, right: string): number {
  const a = numbers(left);
  const b = numbers(right);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return version.split('.').map(Number);
}

/** "3.12.1" is a 3.12; "3.1.2" is not. */
export function isWithin(version: string, prefix: string): boolean {
  return version === prefix || version.startsWith(`${prefix}.`);
}

export function isSpecifier(text: string): boolean {
  return clausesOf(text).every((clause) => {
    const match = CLAUSE.exec(clause);
    return match !== null && (!match[3] || match[1] === '==' || match[1] === '!=');
  });
}

/** `specifier` has been checked with `isSpecifier`. */
export function satisfies(version: string, specifier: string): boolean {
  return clausesOf(specifier).every((clause) => meets(version, clause));
}

function clausesOf(specifier: string): string[] {
  return specifier
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}

function meets(version: string, clause: string): boolean {
  const [, operator = '', wanted = '', wildcard] = CLAUSE.exec(clause) ?? [];
  const order = compareVersions(version, wanted);
  const equal = wildcard ? isWithin(version, wanted) : order === 0;
  switch (operator) {
    case '==':
      return equal;
    case '!=':
      return !equal;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '~=':
      return order >= 0 && isWithin(version, wanted.replace(/\.\d+$/, ''));
    default:
      return false;
  }
}
