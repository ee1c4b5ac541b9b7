import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { glossary } from './glossary.ts';
import { examples } from './pictures.ts';

export default defineConfig({
  server: { fs: { allow: ['..'] } }, // the examples are the repository's own, outside of this folder
  plugins: [examples(path.resolve(import.meta.dirname, '..')), glossary(path.resolve(import.meta.dirname, '..'))],
  // The timeout ends what hangs; how fast the machine is, no test asks.
  test: { include: ['tests/**/*.test.ts'], environment: 'happy-dom', testTimeout: 120_000 },
});
