// Nothing is lost and nothing hangs: memory used up, workers ended, storage full, tabs beside each other and closed in
// the middle.
import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { editor, output, settled, type } from './browser.mjs';
import { journeys } from './journeys.mjs';

const { test, end } = await journeys();
const shows = (page, title) =>
  page.waitForFunction((t) => document.querySelector('.result h2')?.textContent === t, title);
const kept = (page, text) =>
  page.waitForFunction(
    (t) => Object.keys(localStorage).some((k) => k.startsWith('rasp-work/') && localStorage.getItem(k).includes(t)),
    text,
  );
/** The page's own count of the workers that it ends. */
const countEnds = (page) =>
  page.evaluate(() => {
    const { terminate } = Worker.prototype;
    globalThis.ended = 0;
    Worker.prototype.terminate = function () {
      ++globalThis.ended;
      terminate.call(this);
    };
  });

// As in tests/wasm/memory.mjs: within every other limit, but 1.8 GB.
const hungry =
  'b = 1;\nfor i in range(0, 14) { b = b * b * 2; }\nb = b - 1;\nkept = [[-b for i in range(0, 100000)] for k in range(0, 9)];\nx = indices;\n';

await test('a program that uses up the memory is refused, and the next one runs', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, hungry);
  await page.waitForFunction(
    () => /more memory than there is|out of memory/.test(document.querySelector('.problems .error')?.textContent ?? ''),
    null,
    { timeout: 60_000 },
  );
  await type(page, 'after = indices * 2;\n');
  await shows(page, 'after');
  await settled(page);
  assert.deepEqual((await output(page)).slice(0, 3), ['0', '2', '4']);
  assert.equal(await page.locator('.problems .error').count(), 0);
});

await test('workers ended in the middle of requests are replaced, and the answers are right', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await countEnds(page);
  await type(page, '#@ vocabulary "ab"\n#@ max_length 6\n#@ input "ab"\nanswer = indices + 1;\n');
  await shows(page, 'answer');
  await settled(page);
  for (let i = 0; i < 25; ++i) {
    await page.evaluate(
      async (text) => {
        const field = document.querySelector('#input');
        const enter = (value) => {
          field.value = value;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        };
        const answered = new Promise((resolve) => {
          addEventListener('rasp-analysis', resolve, { once: true });
        });
        enter(text);
        await answered;
        await new Promise((r) => {
          setTimeout(r, 0);
        });
        enter(`${text}b`);
        dispatchEvent(new Event('rasp-stop'));
      },
      'ab'.repeat(1 + (i % 2)),
    );
  }
  assert.ok((await page.evaluate(() => globalThis.ended)) >= 25);
  await page.fill('#input', 'babab');
  await page.waitForFunction(() => document.querySelectorAll('.compare .input-row td').length === 5);
  await settled(page);
  assert.deepEqual(await output(page), ['1', '2', '3', '4', '5']);
});

await test('threads that the browser ends, at rest and at work, are replaced before the page is asked for anything', async (fresh, browser) => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    const threads = [];
    globalThis.endThreads = () => {
      for (const w of threads.splice(0)) w.terminate();
    };
    globalThis.Worker = class extends Worker {
      constructor(...a) {
        super(...a);
        threads.push(this);
      }
      postMessage(message, ...rest) {
        super.postMessage(message, ...rest);
        if (message.request?.command !== globalThis.endAt) return;
        globalThis.endAt = 'none';
        globalThis.endThreads();
      }
    };
    globalThis.endAt = 'none';
  });
  const page = await fresh('', { context });
  await settled(page);
  await page.waitForTimeout(200); // both threads have said that they live
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        addEventListener('rasp-picture', resolve, { once: true });
        setTimeout(() => reject(new Error('no new model')), 10_000);
        globalThis.endThreads();
      }),
  ); // the model is made again, though nobody edited
  for (const [i, command] of ['analyze', 'compile'].entries()) {
    await page.waitForTimeout(200);
    await page.evaluate((c) => {
      globalThis.endAt = c;
    }, command);
    await type(page, `#@ vocabulary "ehlo"\n#@ max_length 6\n#@ input "hello"\nlater${i} = sort(tokens, tokens);\n`);
    await shows(page, `later${i}`);
    await settled(page);
    assert.deepEqual(await output(page), ['e', 'h', 'l', 'l', 'o']);
    assert.equal(await page.locator('.problems .error').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.endAt), 'none');
  }
  await page.waitForTimeout(200);
  await page.evaluate(() => {
    globalThis.endAt = 'trace';
  });
  await page.fill('#input', 'hole'); // the model stays, and is run on another input
  await page.waitForFunction(() => document.querySelectorAll('.compare .input-row td').length === 4);
  await settled(page);
  assert.deepEqual(await output(page), ['e', 'h', 'l', 'o']);
  assert.equal(await page.evaluate(() => globalThis.endAt), 'none');
});

await test('an edit overtakes an analysis that never comes to an end', async (fresh, browser) => {
  const context = await browser.newContext();
  // A thread in a loop, dead or alive: what it is asked about this program, it never answers.
  await context.addInitScript(() => {
    globalThis.Worker = class extends Worker {
      postMessage(message, ...rest) {
        if (message.request?.command === 'analyze' && message.request.program.includes('endless'))
          globalThis.swallowed = true;
        else super.postMessage(message, ...rest);
      }
    };
  });
  const page = await fresh('', { context });
  await settled(page);
  await type(page, 'endless = indices;\n');
  await page.waitForFunction(() => globalThis.swallowed);
  await type(page, '#@ vocabulary "ab"\n#@ max_length 4\n#@ input "abab"\nlater = indices + 1;\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'later', null, {
    timeout: 8_000,
  }); // the deadline of a request is 12 s
  await settled(page);
  assert.deepEqual(await output(page), ['1', '2', '3', '4']);
  assert.equal(await page.locator('.problems .error').count(), 0);
});

await test('a tab that is closed right after a keystroke has kept it', async (fresh, browser) => {
  const context = await browser.newContext();
  const page = await fresh('', { context });
  await settled(page);
  await type(page, 'closed = indices + 1;\n');
  await page.close({ runBeforeUnload: true }); // as a person closes it: the page is told
  const next = await fresh('', { context });
  await shows(next, 'closed');
  assert.match(await editor(next).textContent(), /closed = indices \+ 1;/);
});

await test('a tab that crashes has kept what was saved, whole', async (fresh, browser) => {
  const context = await browser.newContext();
  const page = await fresh('', { context });
  await settled(page);
  await type(page, 'before = indices + 1;\n');
  await kept(page, 'before = indices');
  // Saves under way until the moment it dies: what is found later is one of them, never half of one.
  await editor(page).press('Control+End');
  const session = await context.newCDPSession(page);
  const crashed = new Promise((resolve) => {
    page.on('crash', resolve);
  });
  for (let i = 0; i < 30; ++i) await page.keyboard.type(`# ${i}\n`);
  await page.evaluate(() => {
    dispatchEvent(new Event('visibilitychange'));
  });
  session.send('Page.crash').catch(() => {});
  await crashed;
  const next = await fresh('', { context });
  await shows(next, 'before');
  assert.match(await editor(next).textContent(), /^before = indices \+ 1;.*# 0# 1/);
});

await test('a duplicated tab goes on by itself', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, 'both = indices + 1;\n');
  await shows(page, 'both');
  await kept(page, 'both = indices');
  // The browser copies sessionStorage into a window that the page opens, as it does for a duplicated tab.
  const [twin] = await Promise.all([
    page.context().waitForEvent('page'),
    page.evaluate(() => {
      open(location.href);
    }),
  ]);
  await shows(twin, 'both');
  await type(twin, 'twin = indices + 2;\n');
  await type(page, 'own = indices + 3;\n');
  await kept(twin, 'twin = indices');
  await kept(page, 'own = indices');
  await Promise.all([page.reload(), twin.reload()]);
  await shows(page, 'own');
  await shows(twin, 'twin');
});

await test('two tabs that save at once keep both works', async (fresh, browser) => {
  const context = await browser.newContext();
  const a = await fresh('', { context }),
    b = await fresh('', { context });
  await Promise.all([settled(a), settled(b)]);
  await type(a, 'left = indices;\n');
  await type(b, 'right = indices;\n');
  for (let i = 0; i < 10; ++i) {
    await a.keyboard.press('End');
    await a.keyboard.type(`# a${i}\n`);
    await b.keyboard.type(`# b${i}\n`);
    await Promise.all(
      [a, b].map((p) =>
        p.evaluate(() => {
          dispatchEvent(new Event('pagehide'));
        }),
      ),
    );
  }
  await Promise.all([a.reload(), b.reload()]);
  await Promise.all([shows(a, 'left'), shows(b, 'right')]);
  assert.match(await editor(a).textContent(), /left = indices;.*# a9/);
  assert.match(await editor(b).textContent(), /right = indices;.*# b9/);
});

await test('back and forward through links and examples show every edit as it was left', async (fresh) => {
  const link = (name) =>
    `#1.z.${deflateRawSync(Buffer.from(JSON.stringify({ files: { 'main.rasp': `${name} = indices;\n` }, active: 'main.rasp' }))).toString('base64url')}`;
  const page = await fresh(link('one'));
  await shows(page, 'one');
  await type(page, 'one_edited = indices;\n');
  await page.evaluate((hash) => {
    location.hash = hash;
  }, link('two')); // at once: nothing waits for a save
  await shows(page, 'two');
  await type(page, 'two_edited = indices + 1;\n');
  await page.click('text=Examples');
  await page.click('.example-card >> nth=1');
  await page.waitForFunction(
    () => document.querySelector('.result h2')?.textContent !== 'two_edited' && !document.querySelector('dialog'),
  );
  const example = await page.textContent('.result h2');
  for (const title of ['two_edited', 'one_edited']) {
    await page.goBack();
    await shows(page, title);
  }
  await page.goForward();
  await shows(page, 'two_edited');
  await page.goForward();
  await shows(page, example);
  await page.goBack();
  await shows(page, 'two_edited');
  await page.reload();
  await shows(page, 'two_edited');
  await page.goBack();
  await shows(page, 'one_edited');
});

await test('thirty pieces of work are all kept, and listed', async (fresh) => {
  const page = await fresh();
  await settled(page);
  for (let i = 0; i < 30; ++i) {
    await page.click('text=Examples');
    await page.click('text=New program');
    await type(page, `piece${i} = indices;\n`);
    await kept(page, `piece${i} = `);
  }
  await page.click('text=Examples');
  const titles = await page.locator('.recent li button.link').allTextContents();
  assert.deepEqual(
    titles,
    Array.from({ length: 29 }, (_, i) => `piece${28 - i}`),
  ); // the thirtieth is on the page
});

await test('storage that is really full is said; with room again, work is kept again', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await page.evaluate(() => {
    for (let size = 1 << 20; size > 0; size >>= 1)
      for (let i = 0; i < 12; ++i)
        try {
          localStorage.setItem(`filler-${size}-${i}`, 'x'.repeat(size));
        } catch {
          break;
        }
  });
  await type(page, `# ${'long '.repeat(200)}\nfull = indices + 1;\n`);
  await page.waitForFunction(() => /no room/.test(document.querySelector('.notices').textContent));
  await shows(page, 'full');
  await settled(page);
  await page.evaluate(() => {
    for (const k of Object.keys(localStorage)) if (k.startsWith('filler-')) localStorage.removeItem(k);
  });
  await type(page, 'room = indices + 1;\n');
  await kept(page, 'room = indices');
  await page.waitForFunction(() => !/no room/.test(document.querySelector('.notices').textContent));
  await page.reload();
  await shows(page, 'room');
});

await test('work that is too large for a link is refused one, and kept', async (fresh) => {
  const page = await fresh();
  await settled(page);
  // As pasted: inserted by the editor; playwright's insertText hands such a text to the browser's own editing instead.
  await editor(page).evaluate((e) => {
    const { view } = e.cmTile;
    view.dispatch({
      changes: {
        from: 0,
        to: view.state.doc.length,
        insert: `large = indices + 1;\n${'# the same line, many times over\n'.repeat(9000)}`,
      },
    });
  });
  await kept(page, 'large = indices');
  await page.click('text=Share');
  await page.waitForFunction(() =>
    /does not fit into a link/.test(document.querySelector('dialog')?.textContent ?? ''),
  );
  assert.equal(await page.locator('#share-link').count(), 0);
  await page.keyboard.press('Escape');
  await page.reload();
  await shows(page, 'large');
});

await end();
