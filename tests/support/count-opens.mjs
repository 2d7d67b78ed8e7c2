// Loaded into a server before its program (NODE_OPTIONS=--import): counts the files it opens and the
// rows it asks SQLite for, and writes both, one line a call, to the file that OPENS_FILE names.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { StatementSync } from 'node:sqlite';

const { openSync, appendFileSync } = fs;
const file = process.env['OPENS_FILE'];

function note(line) {
  appendFileSync(file, `${line}\n`);
}

fs.openSync = (path, ...rest) => {
  if (path !== file) note(`open ${path}`);
  return openSync(path, ...rest);
};
for (const method of ['get', 'all']) {
  const ask = StatementSync.prototype[method];
  StatementSync.prototype[method] = function (...values) {
    note(`read ${this.sourceSQL.replaceAll(/\s+/g, ' ')}`);
    return ask.apply(this, values);
  };
}
syncBuiltinESMExports();
