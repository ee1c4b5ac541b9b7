// What programs of others import: the engine. Types: index.d.mts.
export { loadEngine } from './engine.mjs';
export * from './contract.mjs';
