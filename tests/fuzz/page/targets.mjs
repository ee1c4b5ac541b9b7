/**
 * The targets: where their inputs begin, and what must hold for every input. A property that does not hold throws
 * Broken; any other exception that a reader lets out is a finding as well.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as course from '../../../wasm/course/index.mjs';
import { bomb, pack } from './packing.mjs';
import { broken, projectSchema } from './schema.mjs';

export class Broken extends Error {}
const must = (holds, what) => {
  if (!holds) throw new Broken(what);
};
const plain = (x) => JSON.parse(JSON.stringify(x)); // what a text can hold: -0 is 0, absent is absent

/** A sentence for people: short, and nothing of the machine's in it. Its first word and what is quoted may be the file's own. */
function sentence(text) {
  must(typeof text === 'string' && text.trim().length > 3, `no message: ${JSON.stringify(text)}`);
  must(!/\p{Surrogate}/u.test(text), 'half a character in a message');
  must(text.length <= 400, `a message of ${text.length} characters: ${text.slice(0, 100)}`);
  must(
    !/\bundefined\b|\[object |\bNaN\b|is not a function|Cannot read|    at |node_modules/.test(
      text.replace(/"[^"]*"/g, '""').replace(/^\S*/, ''),
    ),
    `a message that is not for people: ${text}`,
  );
}

export function pollution() {
  must(
    Object.keys(Object.prototype).length === 0 &&
      Object.keys(Array.prototype).length === 0 &&
      {}.polluted === undefined,
    'a prototype was changed',
  );
}

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const inFolder = (folder, ext) =>
  readdirSync(folder)
    .filter((f) => f.endsWith(ext))
    .sort()
    .map((f) => path.join(folder, f));

class Room {
  #map = new Map();
  get length() {
    return this.#map.size;
  }
  key(i) {
    return [...this.#map.keys()][i] ?? null;
  }
  getItem(k) {
    return this.#map.get(k) ?? null;
  }
  setItem(k, v) {
    this.#map.set(k, v);
  }
  removeItem(k) {
    this.#map.delete(k);
  }
}

export function linkTarget(root, page) {
  const seeds = [];
  const project = (files, rest = {}) => ({ files, active: Object.keys(files)[0], ...rest });
  const values = inFolder(path.join(root, 'examples'), '.rasp').map((f) =>
    project({ [path.basename(f)]: readFileSync(f, 'utf8') }),
  );
  values.push(
    project(
      { 'main.rasp': 'load "lib";\nx = f(tokens);\n', 'lib.rasp': 'def f(x) { return x; }' },
      {
        settings: {
          input: '["a", 1.0]',
          vocabulary: 'abc',
          maxLength: 9,
          causal: true,
          objective: 'depth',
          output: 'x',
          off: ['fuse', 'pack'],
        },
        experiments: [
          { kind: 'zero_head', layer: 0, head: 1 },
          { kind: 'set_residual', half_layer: 2, position: 1, dimensions: [3, 4], values: [0, 1.5] },
          { kind: 'zero_mlp', layer: 1 },
          { kind: 'interpreter_pattern', layer: 0, head: 0 },
          { kind: 'set_pattern', layer: 0, head: 0, values: [1, 0, 0, 1] },
          { kind: 'interchange', s_op: 'hist', source: 'abba' },
          { kind: 'set_residual', half_layer: 0, position: 1, dimensions: [2], source: [1, 'a', true] },
        ],
        view: 'residual',
        half: 2,
        selection: { layer: 0, head: 1, query: 2, key: 3, node: 4, subspace: 1, half: 2, position: 0 },
        second: '["b", 2]',
        course: '{"format":"rasp-assignment"}',
        fingerprint: '0123456789abcdef',
      },
    ),
  );
  for (const file of inFolder(path.join(root, 'tests/web/links'), '.json'))
    seeds.push(Buffer.from(json(file).fragment));
  for (const value of values) {
    const text = Buffer.from(JSON.stringify(value));
    seeds.push(
      pack('1.z.', text),
      pack('1.j.', text),
      Buffer.from(JSON.stringify({ format: 'rasp-playground', version: 1, ...value })),
    );
  }
  for (const size of [200_000, 262_200, 5_000_000, 20_000_000]) seeds.push(bomb('1.z.', '{"files":{"a.rasp":"', size));

  async function holds(shared) {
    const where = broken(shared.project, projectSchema);
    must(where === '', `opened against the schema: ${where}`);
    must(Object.hasOwn(shared.project.files, shared.project.active), 'the active file is missing');
    must(shared.fingerprint === undefined || /^[0-9a-f]{1,64}$/.test(shared.fingerprint), 'a fingerprint that is none');
    const { unchecked, ...wanted } = plain(shared); // what is made of it carries a checksum
    must(
      isDeepStrictEqual(plain(page.decodeFile(page.encodeFile(shared))), wanted),
      'a file of it opens as something else',
    );
    let link = null;
    try {
      link = await page.encodeLink(shared);
    } catch (error) {
      if (!(error instanceof page.BadProject)) throw error;
      sentence(error.message);
    }
    if (link !== null && link.length <= page.fragmentLimit)
      must(isDeepStrictEqual(plain(await page.decodeLink(link)), wanted), 'a link of it opens as something else');
    const work = new page.Work(new Room());
    must(
      work.write({ id: 'a', time: 1, title: 't', project: shared.project }) &&
        isDeepStrictEqual(plain(work.read('a')?.project), wanted.project),
      'it cannot be kept and read back',
    );
  }

  return {
    seeds,
    /** `opened`: it was a link or file; `outcome`: names this kind of result, for the corpus. */
    async check(input) {
      const text = new TextDecoder().decode(input);
      let shared;
      try {
        shared = text.trimStart().startsWith('{') ? page.decodeFile(text) : await page.decodeLink(text);
      } catch (error) {
        if (!(error instanceof page.BadProject)) throw error;
        sentence(error.message);
        return { opened: false, outcome: error.message.replace(/"[^"]*"|\d+/g, '#').slice(0, 80) };
      }
      await holds(shared);
      const p = shared.project;
      return {
        opened: true,
        outcome: `opened ${[Object.keys(p.files).length, Object.keys(p.settings), p.experiments.map((e) => e.kind), p.view, p.half !== null, Object.keys(p.selection).length, p.course !== undefined, shared.fingerprint !== undefined].join(' ').slice(0, 120)}`,
      };
    },
  };
}

export function assignmentTarget(root, page) {
  const folder = path.join(root, 'examples/assignments');
  const schema = json(path.join(folder, 'assignment.schema.json'));
  const seeds = [],
    links = [];
  for (const file of [
    ...inFolder(folder, '.json').filter((f) => !f.endsWith('.schema.json')),
    ...inFolder(path.join(folder, 'instructor'), '.json'),
  ]) {
    const whole = json(file);
    // One task at a time: small inputs are quick, and their mutations count.
    for (const task of whole.tasks) seeds.push(Buffer.from(JSON.stringify({ ...whole, tasks: [task] })));
    if (seeds.length < 8) seeds.push(readFileSync(file));
    links.push(pack('assignment=', Buffer.from(JSON.stringify({ ...whole, tasks: whole.tasks.slice(0, 1) }))));
  }
  seeds.push(
    Buffer.from(
      JSON.stringify({
        format: 'rasp-assignment',
        version: 1,
        id: 'all',
        title: 'Everything',
        statement: '*x*',
        tasks: [
          {
            id: 'a',
            title: 'A',
            statement: 's',
            points: 3,
            asks: { name: 'f', kind: 'function' },
            call: 'f(tokens, 1)',
            starter: '# keep\ndef f(x, n) { return x; }\n',
            locked: [[1, 1]],
            files: { 'lib.rasp': 'y = 1;' },
            vocabulary: ['a', 1, true],
            max_length: 4,
            causal: true,
            cases: [
              {
                input: ['a', 1],
                output: [1, 2.5],
                call: 'f(tokens, 2)',
                weight: 2,
                note: 'n',
                steps: { x: [1, 2], m: ['10', '01'] },
              },
            ],
            hidden: [{ input: ['a'] }],
            properties: [{ max_length: 2, vocabulary: ['a', 1], call: 'f(tokens, 0)', weight: 1 }],
            credit: 'all',
            budgets: { layers: { most: 2, cost: 0.5 } },
            rules: [{ ban: ['sort'], message: 'm', cost: 1 }, { at_most: { s_ops: 4 } }, { exact: true }],
            hints: [{ text: 'h', after: 2 }],
            steps: ['x'],
            reference: 'def f(x, n) { return x; }',
          },
        ],
      }),
    ),
  );
  const submission = JSON.stringify({
    format: 'rasp-submission',
    version: 1,
    assignment: { id: 'first-steps', title: 'First steps', fingerprint: 'f'.repeat(64) },
    engine: '1',
    student: { name: 'Ada', id: '7' },
    programs: { positions: 'x = indices;\n', __proto: '' },
  });
  seeds.push(Buffer.from(submission), ...links, pack('submission=', Buffer.from(submission)));
  for (const size of [900_000, 1_100_000, 20_000_000])
    seeds.push(bomb('assignment=', '{"format":"rasp-assignment","version":1,"title":"', size));

  function reported(diagnostics, text, refused) {
    must(
      Array.isArray(diagnostics) && diagnostics.length <= 52 && (!refused || diagnostics.length > 0),
      `${diagnostics?.length} diagnostics`,
    );
    const lines = text.split('\n').length;
    for (const d of diagnostics) {
      sentence(d.message);
      must(typeof d.code === 'string' && /^[a-z-]+$/.test(d.code), `code ${d.code}`);
      must(
        Number.isInteger(d.line) && d.line >= 1 && d.line <= lines + 1 && Number.isInteger(d.column) && d.column >= 1,
        `place ${d.line}:${d.column}`,
      );
    }
    return diagnostics
      .map(
        (d) => `${d.code} ${d.message.replace(/"[^"]*"|\[\d+\]|\d+/g, '#').replace(/^[\w.#]+/, (p) => p.slice(0, 40))}`,
      )
      .slice(0, 2)
      .join('|')
      .slice(0, 160);
  }

  async function readable(assignment) {
    const where = broken(assignment, schema);
    must(where === '', `read against the published schema: ${where}`);
    const again = course.parseAssignment(course.format(assignment));
    must(
      isDeepStrictEqual(plain(again.assignment), plain(assignment)),
      `formatted, it is read as something else: ${JSON.stringify(again.diagnostics[0])}`,
    );
    must(/^[0-9a-f]+$/.test(await course.fingerprint(assignment)), 'no fingerprint');
    for (const task of assignment.tasks) {
      must(course.findLocked(task, task.starter).missing === null, 'the starter lacks its own locked lines');
      for (const c of task.cases) course.valuesText(course.tokensOf(c.input));
      course.callOf(task, task.cases[0]);
    }
    let link = null;
    try {
      link = await course.encodeLink('assignment', JSON.stringify(assignment));
    } catch (error) {
      must(/more than \d+: share the file$/.test(error.message), error.stack);
    }
    if (link)
      must(
        isDeepStrictEqual(plain(JSON.parse((await course.decodeLink(link)).text)), plain(assignment)),
        'a link of it opens as something else',
      );
  }

  async function readText(text) {
    const a = course.parseAssignment(text),
      s = course.parseSubmission(text);
    must((a.assignment === null) === a.diagnostics.some((d) => d.severity === 'error'), 'read and refused at once');
    let outcome = reported(a.diagnostics, text, !a.assignment);
    if (text.includes('rasp-submission')) outcome += reported(s.diagnostics, text, !s.submission);
    else reported(s.diagnostics, text, !s.submission);
    if (a.assignment) await readable(a.assignment);
    const draft = page.draftOf(text);
    if (draft && text.length < 100_000)
      page.draftOf(page.textOf(draft.tasks.length ? page.withTask(draft, 0, { title: 'T' }) : draft));
    return { opened: Boolean(a.assignment || s.submission), outcome };
  }

  return {
    seeds,
    async check(input) {
      const text = new TextDecoder().decode(input);
      if (!/^#?(assignment|submission)=/.test(text)) return readText(text);
      let found;
      try {
        found = await course.decodeLink(text);
      } catch (error) {
        must(error.constructor === Error || error.constructor.name === 'TooLarge', error.stack);
        sentence(error.message);
        return { opened: false, outcome: `link: ${error.message.replace(/\d+/g, '#')}` };
      }
      return found ? readText(found.text) : { opened: false, outcome: 'no link' };
    },
  };
}
