// Mutations: of bytes, and of the JSON values behind a text. Nothing here knows what a link or an assignment is.

const strings = [
  '',
  'a',
  'ab',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\ud800',
  '\udfff\ud800',
  '%',
  '%zz',
  '%00',
  '~1',
  '~',
  '/',
  '#',
  '\0',
  '\u2028',
  'é',
  '😀',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '0',
  '-1',
  'NaN',
  '0'.repeat(64),
  'f'.repeat(32),
  '\n\r\n',
  '#@ input "abc"\n',
  'x = tokens;\n',
];
const numbers = [
  0,
  -0,
  1,
  -1,
  2,
  0.5,
  1e-300,
  1e9,
  1e21,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  65,
  256,
  257,
  2048,
  2049,
  20_001,
  100_001,
];
const isObject = (x) => typeof x === 'object' && x !== null;

function put(object, key, value) {
  // also "__proto__", as JSON.parse does
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function nested(depth, leaf) {
  let value = leaf;
  for (let i = 0; i < depth; ++i) value = i % 2 ? [value] : { a: value };
  return value;
}

function anything(random, donors) {
  switch (random.below(12)) {
    case 0:
      return null;
    case 1:
      return random.chance(2);
    case 2:
    case 3:
      return random.one(numbers);
    case 4:
    case 5:
      return random.one(strings);
    case 6:
      return random.one(strings).repeat(random.one([2, 99, 101, 2049]));
    case 7:
      return random.chance(20)
        ? 'a'.repeat(random.one([60_001, 100_001, (1 << 20) + 1]))
        : 'a'.repeat(random.below(300));
    case 8:
      return random.chance(2) ? [] : {};
    case 9:
      return nested(random.one([1, 2, 5, 38, 42, 300]), random.one(numbers));
    case 10:
      return Array(random.one([1, 3, 41, 51, 201, 2049])).fill(
        random.chance(2) ? random.one(strings) : random.one(numbers),
      );
    default: {
      const places = placesOf(structuredClone(random.one(donors)));
      return places.length ? random.one(places).get() : null;
    }
  }
}

/** Every place in a value: its holder and key. At most a few thousand, so that large values do not slow everything down. */
function placesOf(value) {
  const places = [],
    queue = [value];
  while (queue.length && places.length < 3000) {
    const holder = queue.shift();
    if (!isObject(holder)) continue;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key, get: () => holder[key] });
      queue.push(holder[key]);
    }
  }
  return places;
}

/** A changed copy of a JSON value. */
export function mutateValue(random, value, donors) {
  if (!isObject(value) || random.chance(200)) return anything(random, donors);
  const copy = structuredClone(value);
  for (let n = 1 + random.below(3); n > 0; --n) {
    const places = placesOf(copy);
    if (places.length === 0) {
      put(copy, Array.isArray(copy) ? 0 : random.one(strings), anything(random, donors));
      continue;
    }
    const { holder, key } = random.one(places);
    switch (random.below(9)) {
      case 0:
      case 1:
      case 2:
        put(holder, key, anything(random, donors));
        break;
      case 3:
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        break;
      case 4:
        if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(holder[key]));
        else put(holder, random.one(strings), holder[key]);
        break;
      case 5: {
        const other = random.one(places),
          mine = holder[key];
        if (!contains(mine, other.holder) && !contains(other.get(), holder)) {
          put(holder, key, other.get());
          put(other.holder, other.key, mine);
        }
        break;
      }
      case 6:
        if (typeof holder[key] === 'string') put(holder, key, cutOrGrow(random, holder[key]));
        else if (typeof holder[key] === 'number') put(holder, key, holder[key] + random.one([1, -1, 0.5, 1e9, -1e9]));
        break;
      case 7:
        if (!Array.isArray(holder))
          put(holder, random.one([...strings, ...Object.keys(random.one(donors) ?? {})]), anything(random, donors));
        break;
      default:
        if (Array.isArray(holder[key]) && holder[key].length < 50)
          put(
            holder,
            key,
            Array.from({ length: random.one([2, 11, 51, 201]) }, () => structuredClone(holder[key][0] ?? null)).concat(
              holder[key],
            ),
          );
        break;
    }
  }
  return copy;
}

const contains = (value, part) =>
  value === part || (isObject(value) && Object.values(value).some((v) => contains(v, part)));

function cutOrGrow(random, text) {
  const at = random.below(text.length + 1);
  return random.chance(2) ? text.slice(0, at) : text.slice(0, at) + random.one(strings) + text.slice(at);
}

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  'null',
  '1e999',
  '-',
  '0',
  ' ',
  '\ufeff',
  '"__proto__":{"polluted":1},',
  '/*',
  "'",
  '.',
  '1.z.',
  '=',
].map((s) => Buffer.from(s));

/** Changed bytes: flips, cuts, copies, splices with another input. */
export function mutateBytes(random, bytes, other) {
  let out = Buffer.from(bytes);
  for (let n = 1 + random.below(4); n > 0; --n) {
    const at = random.below(out.length + 1),
      length = random.below(Math.min(32, out.length - at) + 1);
    switch (random.below(8)) {
      case 0:
        if (at < out.length) out[at] ^= 1 << random.below(8);
        break;
      case 1:
        if (at < out.length) out[at] = random.below(256);
        break;
      case 2:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), random.one(pieces), out.subarray(at)]);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at + length), out.subarray(at, at + length), out.subarray(at + length)]);
        break;
      case 5:
        out = out.subarray(0, at);
        break;
      case 6: {
        const from = random.below(other.length + 1);
        out = Buffer.concat([
          out.subarray(0, at),
          other.subarray(from, from + random.below(200)),
          out.subarray(at + length),
        ]);
        break;
      }
      default:
        if (random.chance(20))
          out = Buffer.concat([
            out.subarray(0, at),
            Buffer.alloc(random.one([50, 1000, 50_000]), random.one(['[', '{"a":', ' ', '9'])),
            out.subarray(at),
          ]);
        break;
    }
  }
  return Buffer.from(out);
}
