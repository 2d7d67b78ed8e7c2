import { expect, test } from 'vitest';
import { buildReport, describeBuild } from '../../../../src/python/build/build-report.ts';

const STARTED = 'Building an environment: docopt, scipy\n';
const RESOLVED = `${STARTED}Resolved 3 packages in 3.21s\nDownloading numpy (16.1MiB)\nDownloading scipy (33.7MiB)\n   Building docopt==0.6.2\n Downloaded numpy\n`;

test('before anything is resolved, what was asked for is told', () => {
  const report = buildReport(STARTED, 2);
  expect(report).toMatchObject({ packages: null, names: ['docopt', 'scipy'], fromSource: [] });
});

test('packages, what is being worked on, and builds from source are told', () => {
  const report = buildReport(RESOLVED, 41);
  expect(report).toEqual({
    packages: 3,
    names: ['scipy', 'docopt'],
    fromSource: ['docopt'],
    seconds: 41,
    newestLine: 'Downloaded numpy',
  });
  expect(describeBuild(report)).toBe(
    '3 packages, 41 s so far, building docopt from source, working on scipy; newest line: Downloaded numpy',
  );
});

test('what was built is not being built any more', () => {
  expect(buildReport(`${RESOLVED}      Built docopt==0.6.2\n`, 50).fromSource).toEqual([]);
});

test("pip's words are understood, too", () => {
  const text = 'Collecting docopt\n  Building wheel for docopt (setup.py): started\n';
  expect(buildReport(text, 1)).toMatchObject({ names: ['docopt'], fromSource: ['docopt'] });
  const done = `${text}  Building wheel for docopt (setup.py): finished with status 'done'\n`;
  expect(buildReport(done, 1).fromSource).toEqual([]);
});
