import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Many tests wait for servers and processes of their own: one worker fewer than there are cores leaves half of two idle.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/corpus/**'], testTimeout: 60_000 } },
      { test: { name: 'corpus', include: ['test/corpus/**/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
