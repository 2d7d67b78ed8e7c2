/** Environment markers of PEP 508 (`; python_version < "3.12"`): checked for form, never evaluated. */

const TOKEN =
  /\s*(?:(?<mark>\(|\))|(?<operator>===|==|~=|!=|<=|>=|<|>|not\s+in\b|in\b)|(?<joint>and\b|or\b)|(?<text>'[^'\n]*'|"[^"\n]*")|(?<name>[a-z_.]+))/y;
const NAMES = new Set([
  'python_version',
  'python_full_version',
  'os_name',
  'sys_platform',
  'platform_release',
  'platform_system',
  'platform_version',
  'platform_machine',
  'platform_python_implementation',
  'implementation_name',
  'implementation_version',
  'extra',
]);

type Token = 'value' | 'operator' | 'joint' | '(' | ')';

export function isMarker(text: string): boolean {
  const tokens = tokensOf(text);
  if (!tokens) return false;
  const rest = expression(tokens, 0);
  return rest === tokens.length;
}

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKEN);
  while (text.slice(scanner.lastIndex).trim() !== '') {
    const groups = scanner.exec(text)?.groups;
    if (!groups) return null;
    if (groups['name'] && !NAMES.has(groups['name'])) return null;
    if (groups['mark']) tokens.push(groups['mark'] as Token);
    else if (groups['operator']) tokens.push('operator');
    else if (groups['joint']) tokens.push('joint');
    else tokens.push('value');
  }
  return tokens;
}

/** The position after one expression that starts at `at`, or -1. */
function expression(tokens: Token[], at: number): number {
  let next = term(tokens, at);
  while (next !== -1 && tokens[next] === 'joint') next = term(tokens, next + 1);
  return next;
}

function term(tokens: Token[], at: number): number {
  if (tokens[at] === '(') {
    const end = expression(tokens, at + 1);
    return end !== -1 && tokens[end] === ')' ? end + 1 : -1;
  }
  const form = [tokens[at], tokens[at + 1], tokens[at + 2]].join(' ');
  return form === 'value operator value' ? at + 3 : -1;
}
