// From contract.schema.json: wasm/contract.d.mts, its types, and wasm/contract.mjs, its lists (every `enum` that has a
// name). node core/session/schema/generate.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = (name) => path.join(here, '../../../wasm', name);
const { $defs } = JSON.parse(readFileSync(path.join(here, 'contract.schema.json'), 'utf8'));

const key = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));
const union = (types) => [...new Set(types)].join(' | ');
const primitive = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' };

function object(s) {
  if (!s.properties) return `Record<string, ${type(s.additionalProperties)}>`;
  const required = new Set(s.required);
  return `{ ${Object.entries(s.properties)
    .map(([name, v]) => `${key(name)}${required.has(name) ? '' : '?'}: ${type(v)}`)
    .join('; ')} }`;
}

function type(s) {
  if (s.$ref) return s.$ref.split('/').at(-1);
  if ('const' in s) return JSON.stringify(s.const);
  if (s.enum) return union(s.enum.map((v) => JSON.stringify(v)));
  if (s.anyOf ?? s.oneOf) return union((s.anyOf ?? s.oneOf).map(type));
  if (Array.isArray(s.type)) return union(s.type.map((t) => primitive[t]));
  if (s.type === 'array')
    return s.prefixItems
      ? `[${s.prefixItems.map(type).join(', ')}]`
      : /[|{]/.test(type(s.items))
        ? `(${type(s.items)})[]`
        : `${type(s.items)}[]`;
  if (s.type === 'object') return object(s);
  return primitive[s.type] ?? 'unknown';
}

function definition(name, s) {
  const comment = (text, indent = '') => (text ? `${indent}/** ${text} */\n` : '');
  if (!s.properties) return `${comment(s.description)}export type ${name} = ${type(s)};\n`;
  const required = new Set(s.required);
  const members = Object.entries(s.properties).map(
    ([k, v]) => `${comment(v.description, '  ')}  ${key(k)}${required.has(k) ? '' : '?'}: ${type(v)};\n`,
  );
  return `${comment(s.description)}export interface ${name} {\n${members.join('')}}\n`;
}

/** PassName → passNames */
const listName = (name) => `${name[0].toLowerCase()}${name.slice(1)}${name.endsWith('s') ? 'es' : 's'}`;
const lists = Object.entries($defs).filter(([, s]) => s.enum);
const head = '// Made by core/session/schema/generate.mjs from contract.schema.json; not to be edited.\n';

export const files = {
  'contract.d.mts': `${head}${Object.entries($defs)
    .map(([name, s]) => `\n${definition(name, s)}`)
    .join('')}
export type Command = keyof Requests;
export type Request = Requests[Command];
${lists.map(([name]) => `export const ${listName(name)}: readonly ${name}[];\n`).join('')}`,
  'contract.mjs': `${head}${lists.map(([name, s]) => `export const ${listName(name)} = ${JSON.stringify(s.enum).replaceAll('"', "'").replaceAll(',', ', ')};\n`).join('')}`,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(files)) writeFileSync(target(name), text);
}
export const current = (name) => readFileSync(target(name), 'utf8') === files[name];
