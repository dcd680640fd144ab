import { join } from 'node:path';
import { defineConfig } from 'vite';

/** The server that answers the API while one works on the console with `npx vite console`. */
const API = 'http://localhost:8000';

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  // The SDK's own source: nothing has to be built before it.
  resolve: { alias: { '#sdk': join(import.meta.dirname, '../sdk/src/index.ts') } },
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // Older ones lack popovers, `light-dark()` or `AbortSignal.any`, and nothing stands in for those.
    target: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
    // A font or picture written into a style sheet would be one more thing the policy has to allow.
    assetsInlineLimit: 0,
    // The helper for browsers without module preload writes into the page.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the entry and its static imports are, for the test of the first load.
    manifest: 'manifest.json',
    rolldownOptions: {
      // Libraries mark what runs in browsers; all of this does.
      onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
    },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/health'].map((path) => [path, { target: API, ws: true }])),
  },
});
