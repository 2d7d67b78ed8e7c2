/**
 * Packs the list of well-known distributions (one name per line) that ships in `data/`:
 * `node scripts/build-package-data.ts <list.txt>`. Only run when the list is renewed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { normaliseName } from '../src/python/requirements/requirements.ts';

const target = fileURLToPath(new URL('../data/pypi-popular.txt.br', import.meta.url));
const [list] = process.argv.slice(2);
if (!list) throw new Error('Pass the text file with one distribution name per line.');

const lines = readFileSync(list, 'utf8').split('\n');
const names = lines.map((line) => normaliseName(line.trim())).filter((name) => name !== '');
const text = [...new Set(names)].sort().join('\n');
const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
writeFileSync(target, brotliCompressSync(text, { params }));
console.log(`${names.length} names, ${text.length} bytes → ${target}`);
