import path from 'node:path';
import { defineConfig } from 'vite';

// The engine is built by ./dev build; the examples are the repository's own.
export default defineConfig({
  base: './',
  resolve: { alias: { '@engine': process.env.RASP_ENGINE ?? path.resolve(import.meta.dirname, '../build/wasm/wasm') } },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0 },
  server: { fs: { allow: ['..'] } },
});
