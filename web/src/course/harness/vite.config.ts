import path from 'node:path';
import { defineConfig } from 'vite';

const web = path.resolve(import.meta.dirname, '../../..');

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  resolve: { alias: { '@engine': process.env.RASP_ENGINE ?? path.resolve(web, '../build/wasm/wasm') } },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, emptyOutDir: true },
});
