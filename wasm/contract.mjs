// Made by core/session/schema/generate.mjs from contract.schema.json; not to be edited.
export const passNames = ['fuse', 'fold', 'merge_heads', 'drop', 'idioms', 'factor', 'pack', 'reuse'];
export const valueKinds = ['atom', 'list', 'dict', 's-op', 'selector', 'function', 'application'];
export const nodeKinds = ['tokens', 'indices', 'constant', 'elementwise', 'aggregate', 'selector_width', 'select', 'and', 'or', 'not'];
export const encodings = ['categorical', 'numerical'];
export const languages = ['rasp', 'python'];
export const exactnesses = ['proved', 'enumerated', 'unknown'];
