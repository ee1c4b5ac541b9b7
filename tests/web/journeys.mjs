// Journeys of a suite: each on fresh pages with fresh storage; any console error fails one, unless it expects it.
import assert from 'node:assert/strict';
import { launch, open, serve } from './browser.mjs';

/** What a browser never answers ends the test, not the suite. */
const within = (promise, seconds, what) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took over ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/**
 * `{test, end, browser}`; arguments of the command line choose tests whose name contains them, "2/3" every third one
 * from the second on: parts that run side by side.
 */
export async function journeys(folder) {
  const server = await serve(folder),
    browser = await launch();
  const isPart = (text) => /^[1-9]\d*\/[1-9]\d*$/.test(text);
  const [part, parts] = (process.argv.slice(2).find(isPart) ?? '1/1').split('/').map(Number),
    wanted = process.argv.slice(2).filter((w) => !isPart(w));
  if (part > parts) throw new Error(`There is no part ${part} of ${parts}.`);
  let seen = 0,
    passed = 0,
    failed = 0;
  return {
    browser,
    async test(name, body) {
      if (wanted.length && !wanted.some((w) => name.includes(w))) return;
      if (seen++ % parts !== part - 1) return;
      const pages = [];
      const fresh = async (hash = '', options = {}) => {
        const page = await open(browser, server.url + hash, options);
        pages.push(page);
        return page;
      };
      try {
        await within(body(fresh, browser, server.url), 240, 'the test');
        for (const page of pages) assert.deepEqual(page.problems, [], 'console');
        ++passed;
      } catch (error) {
        ++failed;
        console.log(`FAILED ${name}\n${error.stack}`);
      }
      for (const page of pages) await within(page.context().close(), 15, 'closing').catch(() => {});
    },
    async end() {
      await within(browser.close(), 15, 'closing').catch(() => {});
      server.close();
      console.log(`${passed} passed, ${failed} failed`);
      process.exit(failed ? 1 : 0);
    },
  };
}
