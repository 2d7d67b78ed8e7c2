import { describe, expect, test } from 'vitest';
import { fakeUv, installers } from '../../support/installers.ts';
import { offlineHome, resolver } from '../../support/offline-home.ts';

async function messageOf(failing: Promise<unknown>): Promise<string> {
  return failing.then(
    () => 'it did not fail',
    (error: Error) => error.message,
  );
}

describe.each(installers)('with $installer', ({ uvPath, available }) => {
  test.skipIf(!available)('all wrong names are told at once, with the packages meant', async () => {
    const { resolve } = resolver(offlineHome(uvPath));
    const names = ['beta', 'cv2', 'PIL', 'yaml>=1', 'nowhere-to-be-found', 'skimage'];
    expect(await messageOf(resolve(names))).toContain(
      'dependencies: no such package: cv2 (the package is opencv-python), nowhere-to-be-found, ' +
        'pil (the package is pillow), skimage (the package is scikit-image), yaml (the package is pyyaml).',
    );
  });
});

test('a stand-in that refuses to build is explained by its import name', async () => {
  const home = offlineHome();
  const body =
    'test "$1" = venv && exit 0; echo "error: Failed to build sklearn==0.0.post12" >&2; exit 1';
  const { resolve } = resolver(home, { uvPath: fakeUv(home.home, body), noIndex: false });
  expect(await messageOf(resolve(['sklearn']))).toContain('sklearn (the package is scikit-learn)');
});

test.each([
  ['a certificate', 'invalid peer certificate: UnknownIssuer', 'SSL_CERT_FILE'],
  ['a proxy', 'tunnel error: unsuccessful (407 Proxy Authentication Required)', 'HTTPS_PROXY'],
  ['a name', 'dns error: failed to lookup address information', 'could not be resolved'],
  ['a refusal', 'HTTP status client error (401 Unauthorized)', 'name and password'],
  ['no network', 'tcp connect error: Network is unreachable', 'could not be reached'],
])('%s that stands in the way is told as the cause', async (_what, words, advice) => {
  const home = offlineHome();
  const body = `echo "error: Failed to fetch: ${words}" >&2; exit 2`;
  const { resolve } = resolver(home, { uvPath: fakeUv(home.home, body), noIndex: false });
  const message = await messageOf(resolve(['beta']));
  expect(message).toContain(advice);
  expect(message).not.toContain('Correct the names');
});

test('installers trust the certificates of the system, and get the variables of the settings', async () => {
  const home = offlineHome();
  const body = 'echo "error: $UV_SYSTEM_CERTS $HTTPS_PROXY" >&2; exit 2';
  const buildEnvironment = { HTTPS_PROXY: 'http://company.example:8080' };
  const { resolve } = resolver(home, { uvPath: fakeUv(home.home, body), buildEnvironment });
  expect(await messageOf(resolve(['beta']))).toContain('error: 1 http://company.example:8080');
});
