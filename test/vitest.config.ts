import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'plugin-sdk/**/*.test.ts', 'plugins/**/*.test.ts'],
    exclude: ['node_modules/**', 'test/bench/**'],
    // Guards against what never ends: no test is about speed, and a busy machine is slow.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
