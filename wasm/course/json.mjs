// JSON texts with positions: syntax errors and schema errors as the engine's diagnostics (1-based lines, UTF-16
// columns).
import { Validator } from '@cfworker/json-schema';
import { parse as parseTree } from '@humanwhocodes/momoa';

const deepest = 40;

export function diagnostic(code, message, at, hint = '', severity = 'error') {
  const { line = 1, column = 1, endLine = line, endColumn = column + 1 } = at ?? {};
  return {
    severity,
    code,
    ...(severity === 'error' ? { class: 'input' } : {}),
    message,
    line,
    column,
    end_line: endLine,
    end_column: endColumn,
    ...(hint ? { hint } : {}),
  };
}

// At most so many UTF-16 units, and no half of a character at the end.
export const cut = (text, most) =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;

function positionOf(text, offset) {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

// Where the text nests deeper than anything that is read here does: every reader below recurses.
function tooDeep(text) {
  let depth = 0,
    inString = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92) ++i;
      else if (c === 34) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 91 || c === 123) {
      if (++depth > deepest) return i;
    } else if (c === 93 || c === 125) --depth;
  }
  return -1;
}

// Lone surrogates are no text: they cannot be hashed, written to a file or sent to the engine. `text` nests at most
// `deepest` levels.
function hasHalfCharacter(value) {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value);
  if (value === null || typeof value !== 'object') return false;
  return Object.keys(value).some((key) => /\p{Surrogate}/u.test(key) || hasHalfCharacter(value[key]));
}

// Where a number stands that JavaScript cannot hold as it is written (an int beyond 2^53, a float beyond 1.8e308); -1:
// nowhere.
export function lostNumber(text) {
  for (const m of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs)) {
    if (m[0][0] === '"') continue;
    const value = Number(m[0]);
    if (!Number.isFinite(value) || (/^-?\d+$/.test(m[0]) && !Number.isSafeInteger(value))) return m.index;
  }
  return -1;
}

// A JSON text's value, or where it is broken.
export function parseJson(text, what) {
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  if (text.trim() === '')
    return { diagnostics: [diagnostic('empty-file', `The ${what} is empty`, null, 'A JSON document is expected.')] };
  const deep = tooDeep(text);
  if (deep >= 0)
    return {
      diagnostics: [
        diagnostic('json-depth', `The ${what} nests deeper than ${deepest} levels`, positionOf(text, deep)),
      ],
    };
  try {
    const value = JSON.parse(text);
    if (hasHalfCharacter(value)) {
      const place = text.search(/\\u[dD][89a-fA-F]|\p{Surrogate}/u);
      return {
        diagnostics: [
          diagnostic(
            'bad-json',
            `The ${what} holds half a character: a surrogate without its other half`,
            place < 0 ? null : positionOf(text, place),
          ),
        ],
      };
    }
    const lost = lostNumber(text);
    if (lost >= 0) {
      return {
        diagnostics: [
          diagnostic(
            'bad-json',
            `The ${what} holds a number that would be rounded: ${cut(/^[-\d.eE+]+/.exec(text.slice(lost))[0], 40)}`,
            positionOf(text, lost),
            'Ints go up to 2^53, floats to 1.8e308; write a larger number as a text and convert it with tokens_int.',
          ),
        ],
      };
    }
    return { value, text, diagnostics: [] };
  } catch (error) {
    let at = null,
      message = String(error.message).split('\n')[0];
    try {
      parseTree(text, { mode: 'json' });
    } catch (located) {
      if (located.line) at = { line: located.line, column: located.column };
      message = String(located.message).replace(/ \(\d+:\d+\)$/, '');
    }
    return {
      diagnostics: [
        diagnostic(
          'bad-json',
          `The ${what} is not valid JSON: ${cut(message.replace(/\p{Surrogate}/gu, '\ufffd'), 200)}`,
          at,
          'Strings need double quotes; no comma after the last element.',
        ),
      ],
    };
  }
}

// Positions of values by path (["tasks", 0, "id"]), read from the text only where something has to be located.
export function locator(text) {
  let tree;
  return (path) => {
    try {
      tree ??= parseTree(text, { mode: 'json' }).body;
    } catch {
      return null;
    }
    let node = tree;
    for (const step of path) {
      const next =
        node.type === 'Object'
          ? node.members.filter((m) => m.name.value === step).at(-1)?.value
          : node.type === 'Array'
            ? node.elements[step]?.value
            : undefined;
      if (!next) break;
      node = next;
    }
    const { start, end } = node.loc;
    // A long object is pointed at by its first line.
    return start.line === end.line
      ? { line: start.line, column: start.column, endLine: end.line, endColumn: end.column }
      : { line: start.line, column: start.column };
  };
}

// The steps of a JSON pointer through a value: numbers where they lead into arrays.
function pathOf(pointer, value) {
  return pointer
    .split('/')
    .slice(1)
    .map((s) => {
      const name = decodeURIComponent(s).replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(value) ? Number(name) : name;
      value = value?.[step];
      return step;
    });
}
// Names that are no names are quoted, and cut: they may be anything.
const nameText = (s) => (/^[\w$-]{1,60}$/.test(s) ? s : JSON.stringify(cut(s, 60)));
export const pathText = (path) =>
  path.map((s, i) => (typeof s === 'number' ? `[${s + 1}]` : `${i ? '.' : ''}${nameText(s)}`)).join('');

function at(value, path) {
  for (const step of path) value = value?.[step];
  return value;
}
const kindOf = (v) =>
  v === null
    ? 'null'
    : Array.isArray(v)
      ? 'an array'
      : typeof v === 'object'
        ? 'an object'
        : typeof v === 'boolean'
          ? 'true or false'
          : `a ${typeof v}`;
const expected = {
  array: 'an array',
  object: 'an object',
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

// One sentence per violated keyword; wrappers ("Property … does not match") say nothing new and are left out.
function sentence(error, value, schema) {
  const bound = () => at(schema, pathOf(error.keywordLocation, schema));
  switch (error.keyword) {
    case 'type': {
      const type = bound();
      return `must be ${(Array.isArray(type) ? type : [type]).map((t) => expected[t] ?? t).join(' or ')}, not ${kindOf(value)}`;
    }
    case 'required':
      return `lacks ${error.error.match(/"(.*)"/)?.[0] ?? 'a property'}`;
    case 'false':
      return 'is not a property that is known here';
    case 'enum':
      return `must be one of ${JSON.stringify(bound()).slice(1, -1).replaceAll(',', ', ')}`;
    case 'const':
      return `must be ${JSON.stringify(bound())}`;
    case 'pattern':
      return 'is not written as it must be';
    case 'minimum':
      return `must be at least ${bound()}`;
    case 'exclusiveMinimum':
      return `must be more than ${bound()}`;
    case 'maximum':
      return `must be at most ${bound()}`;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return 'is too short';
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return `is too long: at most ${bound()}`;
    case 'propertyNames':
      return 'has a name that is not an identifier';
    default:
      return null;
  }
}

// Every violation of the schema with its place, in the order of the text; at most 50.
export function validate(value, schema, locate, code) {
  const { errors } = new Validator(schema, '2020-12', false).validate(value);
  const seen = new Set(),
    diagnostics = [];
  for (const error of errors) {
    const path = pathOf(error.instanceLocation, value),
      instance = at(value, path);
    const says = sentence(error, instance, schema);
    if (!says) continue;
    const message = `${path.length ? pathText(path) : 'The document'} ${says}`;
    if (seen.has(message)) continue;
    seen.add(message);
    diagnostics.push(diagnostic(code, cut(message, 300), locate(path)));
    if (diagnostics.length === 50) break;
  }
  if (errors.length && !diagnostics.length)
    diagnostics.push(diagnostic(code, 'The document does not match the schema', locate([])));
  return diagnostics.sort((a, b) => a.line - b.line || a.column - b.column);
}

// JSON text for people: an array or object that fits on a line is on one.
export function format(value, indent = '') {
  const flat = JSON.stringify(value);
  const spaced = () => {
    if (value === null || typeof value !== 'object') return flat;
    const parts = Array.isArray(value)
      ? value.map((v) => format(v))
      : Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${format(v)}`);
    return Array.isArray(value) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  };
  if (value === null || typeof value !== 'object' || flat === '[]' || flat === '{}') return flat;
  if (flat.length + indent.length < 100) return spaced();
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((v) => format(v, inner))
    : Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([k, v]) => `${JSON.stringify(k)}: ${format(v, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}
