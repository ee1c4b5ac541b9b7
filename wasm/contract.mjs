// Made by core/session/schema/generate.mjs from contract.schema.json; not to be edited.
export const passNames = ['fuse', 'fold', 'merge_heads', 'drop', 'idioms', 'factor', 'pack', 'reuse'];
export const keywords = ['set', 'show', 'example', 'examples', 'on', 'off', 'selector', 's-op', 'load', 'draw', 'def', 'return', 'for', 'in', 'if', 'else', 'not', 'and', 'or', 'round', 'indicator', 'exit', 'quit'];
export const forms = ['select', 'aggregate', 'indicator', 'round', 'range', 'zip', 'len'];
export const reservedNames = ['tokens_asis', 'tokens_str', 'tokens_int', 'tokens_bool', 'tokens_float', 'indices', 'True', 'False', 'out', 'range', 'zip', 'len', 'get'];
export const valueKinds = ['atom', 'list', 'dict', 's-op', 'selector', 'function', 'application'];
export const nodeKinds = ['tokens', 'indices', 'constant', 'elementwise', 'aggregate', 'selector_width', 'select', 'and', 'or', 'not'];
export const encodings = ['categorical', 'numerical'];
export const languages = ['rasp', 'python'];
export const exactnesses = ['proved', 'enumerated', 'unknown'];
