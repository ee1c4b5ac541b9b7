import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { examples } from './pictures.ts';

export default defineConfig({ plugins: [examples(path.resolve(import.meta.dirname, '..'))], test: { include: ['tests/**/*.test.ts'], environment: 'happy-dom' } });
