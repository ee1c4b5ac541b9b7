import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Plugin, defineConfig } from 'vite';
import { budget } from './budget.ts';
import { documentation } from './docs.ts';
import { glossary } from './glossary.ts';
import { examples } from './pictures.ts';
import { prerender } from './prerender.ts';
import { previews } from './previews.ts';
import { python, pythonFolder } from './python.ts';

const here = import.meta.dirname,
  root = path.resolve(here, '..');

/** The laboratory's engine is fetched by those who open it, and kept by the browser as it likes: half a megabyte that most visitors never need. */
const later = (file: string) => /\/laboratory-[^/]*\.wasm$/.test(file);

/**
 * The service worker: keeps the files of this build, and nothing else. Its name for them changes with their content.
 * `files.json` lists them for packages that the page makes of itself.
 */
function offline(): Plugin {
  return {
    name: 'rasp-offline',
    apply: 'build',
    // Last: Vite takes away the chunks of styles alone, and a worker that waits for one file too many is never
    // installed.
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.keys(bundle)
          .filter((f) => !f.endsWith('.map') && !f.startsWith('python-') && !f.startsWith('example/'))
          .sort();
        const kept = files.filter((f) => !later(f));
        const hash = createHash('sha256');
        for (const f of files) {
          const item = bundle[f]!;
          hash.update(f).update(item.type === 'chunk' ? item.code : item.source);
        }
        const page = [
          'index.html',
          ...files.filter((f) => f !== 'index.html'),
          'icon.svg',
          'icon-192.png',
          'icon-512.png',
          'docs.css',
          'manifest.webmanifest',
        ];
        this.emitFile({ type: 'asset', fileName: 'files.json', source: `${JSON.stringify(page)}\n` });
        const list = [
          './',
          'files.json',
          ...kept,
          'icon.svg',
          'icon-192.png',
          'icon-512.png',
          'docs.css',
          'manifest.webmanifest',
        ];
        const source = readFileSync(path.join(here, 'sw.js'), 'utf8')
          .replace('__VERSION__', hash.digest('hex').slice(0, 16))
          .replace('__FILES__', JSON.stringify(list))
          .replaceAll('__PYTHON__', pythonFolder);
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

/**
 * The engine's download begins with the page, not after the scripts that ask for it. But the style sheet comes first,
 * and alone: with it the picture in the document stands, and on a slow line scripts that are fetched beside it would
 * take most of the line.
 */
function early(): Plugin {
  const engines = (bundle: object | undefined) =>
    Object.keys(bundle ?? {}).filter((f) => f.endsWith('.wasm') && !f.startsWith('python-') && !later(f));
  return {
    name: 'rasp-early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) => {
        const sheet = html.match(/^ *<link rel="stylesheet"[^>]*>\n/m)?.[0] ?? '';
        return {
          html: html
            .replace(sheet, '')
            .replace('<meta name="description"', `${sheet.trim()}\n<meta name="description"`)
            .replace(/<(script type="module"|link rel="modulepreload")/g, '<$1 fetchpriority="low"'),
          tags: engines(bundle).map((f) => ({
            tag: 'link',
            attrs: {
              rel: 'preload',
              as: 'fetch',
              type: 'application/wasm',
              crossorigin: '',
              fetchpriority: 'low',
              href: `./${f}`,
            },
            injectTo: 'head' as const,
          })),
        };
      },
    },
  };
}

// The engine is built by ./dev build; the examples are the repository's own.
export default defineConfig({
  base: './',
  resolve: { alias: { '@engine': process.env.RASP_ENGINE ?? path.resolve(here, '../build/wasm/wasm') } },
  worker: { format: 'es' },
  // Modules of a line or two that several parts share come as one file.
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'shared', test: /web[\\/]src[\\/](state[\\/](question|goto|newer|problems)|.*loading)\.ts$/ },
          ],
        },
      },
    },
  },
  server: { fs: { allow: ['..'] } },
  plugins: [
    python(),
    examples(root),
    prerender(root),
    glossary(root),
    documentation(path.resolve(here, '../docs')),
    previews(root),
    offline(),
    early(),
    budget(),
  ],
});
