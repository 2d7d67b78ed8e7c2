/** Which of the variables that a run was given are secrets, and what to look for of each in its output. */

/** Shorter ones are words of every day, and a mark in place of them would hide what was printed. */
export const SHORTEST = 8;
/** A long value is looked for piece by piece: a reader has to look around its page by so much. */
export const LONGEST = 1024;

const SECRET_NAME =
  /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|APIKEY|COOKIE)S?(?:_|\d|$)|(?:^|_)(?:KEY|PASS|DSN|AUTH|CREDS)(?:_|\d|$)|_PWD$/i;
/** As those who give them out mark them. */
const SECRET_FORM =
  /^(?:sk-|gh[pousr]_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza|hf_|eyJ|-----BEGIN )/;
/** An address with a password in it. */
const PASSWORD_IN_ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:([^/?#]+)@/i;

export type Redact = 'secrets' | 'all' | 'none';

/** Pieces of single lines, each once. */
export function secretPieces(env: Readonly<Record<string, string>>, redact: Redact): Buffer[] {
  if (redact === 'none') return [];
  const values = Object.entries(env).flatMap(([name, value]) => secretsIn(name, value, redact));
  const lines = values.flatMap((value) => value.split(/[\r\n]+/)).map((line) => line.trim());
  return [...new Set(lines)].filter((line) => line.length >= SHORTEST).flatMap(inPieces);
}

function secretsIn(name: string, value: string, redact: Redact): string[] {
  const isSecret = redact === 'all' || SECRET_NAME.test(name) || SECRET_FORM.test(value);
  const [, password] = PASSWORD_IN_ADDRESS.exec(value) ?? [];
  return [...(isSecret ? [value] : []), ...(password === undefined ? [] : [password])];
}

/** The last piece is of full length, too. */
function inPieces(line: string): Buffer[] {
  const bytes = Buffer.from(line);
  const count = Math.ceil(bytes.length / LONGEST);
  return Array.from({ length: count }, (_, place) => {
    const from = Math.max(0, Math.min(place * LONGEST, bytes.length - LONGEST));
    return bytes.subarray(from, from + LONGEST);
  });
}
