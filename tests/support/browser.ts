/** A real browser for tests of the dashboard, and what it complained about. */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { onTestFinished } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const found = findChromium();

/** Shown where the tests are left out; null where they run. */
export const noBrowser = found
  ? null
  : `none of ${NAMES.join(', ')} is on PATH: install Debian's package chromium`;

/** For every wait: on a busy machine a browser and a server take their time. */
const WAIT_LIMIT_MS = 90_000;

export interface Tab {
  page: Page;
  context: BrowserContext;
  /** Script errors, violations of the content policy, dialogs: none is expected, ever. */
  complaints: string[];
}

/** Closed, and its profile removed, at the end of the test. */
export async function openTab(options: BrowserContextOptions = {}): Promise<Tab> {
  if (!found) throw new Error(String(noBrowser));
  const profile = mkdtempSync(join(tmpdir(), 'python-mcp-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: found,
    timeout: WAIT_LIMIT_MS,
    args: FLAGS,
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(WAIT_LIMIT_MS);
  onTestFinished(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { page, context, complaints: complaintsOf(page) };
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`script error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    const text = message.text();
    // A server that is stopped, or has a new token, is what some tests are about.
    const expected = /Failed to load resource/.test(text);
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(text);
  });
  return complaints;
}

function findChromium(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
