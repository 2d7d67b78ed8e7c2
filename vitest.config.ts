import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Most tests wait for real processes: three files at a time keep two cores busy.
    maxWorkers: 3,
    // `isolate: false` where files leave nothing behind in their process: the next one can use it.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          isolate: false,
          // Properties are tried a hundred times, on busy machines too.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          isolate: false,
          include: ['tests/integration/**/*.test.ts'],
          exclude: ['**/*.network.test.ts'],
          globalSetup: ['tests/support/prepare.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The dashboard in a real Chromium; every test says so when there is none.
        test: {
          name: 'browser',
          include: ['tests/e2e/dashboard/**/*.test.ts'],
          globalSetup: ['tests/support/prepare.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'hosts',
          include: ['tests/e2e/hosts/**/*.network.test.ts'],
          globalSetup: ['tests/support/prepare.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        // Real packages from registries; every test says so when none can be reached.
        test: {
          name: 'network',
          include: ['tests/**/*.network.test.ts'],
          // Hosts of hundreds of megabytes, which change from month to month: npm run test:hosts.
          exclude: ['tests/e2e/hosts/**'],
          globalSetup: ['tests/support/prepare.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          isolate: false,
          include: ['tests/e2e/**/*.test.ts'],
          exclude: ['tests/e2e/dashboard/**', '**/*.network.test.ts'],
          globalSetup: ['tests/support/prepare.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
