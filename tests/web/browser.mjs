// What the browser tests stand on: a static server for the built page, a browser, and pages that fail on any console
// error.
import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(path.join(root, 'web/package.json'));
export const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.zip': 'application/zip',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json',
};

/** Another build of the page can be named in RASP_PAGE. `site.folder` may be changed under open pages: that is a new release. `headers` go with every file. `end()` cuts what is under way, as a network that is lost. */
export function serve(folder = process.env.RASP_PAGE ?? path.join(root, 'web/dist'), headers = {}) {
  const site = { folder };
  const server = createServer((request, response) => {
    const { folder } = site;
    const name = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    let file = path.join(folder, path.normalize(name));
    if (file.startsWith(folder) && existsSync(file) && statSync(file).isDirectory())
      file = path.join(file, 'index.html');
    if (!file.startsWith(folder) || !existsSync(file)) {
      response.writeHead(404).end('not found');
      return;
    }
    response
      .writeHead(200, {
        'content-type': types[path.extname(file)] ?? 'application/octet-stream',
        'cache-control': 'no-store',
        ...headers,
      })
      .end(readFileSync(file));
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(
        Object.assign(site, {
          url: `http://127.0.0.1:${server.address().port}/`,
          close: () => server.close(),
          end: () => {
            server.close();
            server.closeAllConnections();
          },
        }),
      ),
    ),
  );
}

export function chromiumPath() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (p) => p && existsSync(p),
  );
  if (!found)
    throw new Error('Chromium was not found; install it (Debian: apt-get install chromium) or name it in CHROMIUM.');
  return found;
}

export const launch = () =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });

/** A page in a context of its own; `page.problems` collects console errors, uncaught exceptions and requests to other hosts. */
export async function open(browser, url, { context, width = 1440, height = 900, dark = false, ...rest } = {}) {
  const owner =
    context ??
    (await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', ...rest }));
  const page = await owner.newPage();
  page.setDefaultTimeout(15_000);
  page.problems = [];
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type()))
      page.problems.push(`${m.type()}: ${m.text()} (${m.location().url}:${m.location().lineNumber})`);
  });
  page.on('pageerror', (e) => page.problems.push(`uncaught: ${e.message}`));
  page.on('request', (r) => {
    if (!/^(data|blob):/.test(r.url()) && new URL(r.url()).origin !== new URL(url).origin)
      page.problems.push(`request to ${r.url()}`);
  });
  await page.goto(url);
  return page;
}

/** What axe finds wrong, as "rule: elements". Only that is described (axe would also write down every element that passes), and no second page is opened to sum up frames. */
export async function violations(page) {
  const found = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode(true)
    .analyze();
  return found.violations.map(
    (v) =>
      `${v.id}: ${v.nodes
        .slice(0, 3)
        .map((n) => n.target.join(' '))
        .join(' | ')}`,
  );
}

/** Waits until the model that is shown belongs to the program and input that are shown. */
export const settled = (page) =>
  page.waitForFunction(() => {
    const status = document.querySelector('.result .status');
    return document.querySelector('.compare') && status?.textContent === '' && !document.querySelector('.centre.stale');
  });

/** The smallest example, one head: what many journeys use. Nothing is chosen in it. */
export async function histogramPage(fresh, options) {
  const page = await fresh('#example=histogram', options);
  await settled(page);
  await page.keyboard.press('Escape');
  return page;
}

export const editor = (page) => page.locator('.cm-content');
export const output = (page, row = 'model') =>
  page
    .locator('.compare tr', { has: page.locator(`th:text-is("${row}")`) })
    .locator('td')
    .allTextContents();

/** Replaces the program as a person does who selects all and pastes. */
export async function type(page, program) {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(program);
}

/** Pixels of a canvas as one string: equal pictures, equal strings. */
export const pixels = (page, selector) =>
  page
    .locator(selector)
    .first()
    .evaluate((c) => c.toDataURL());
