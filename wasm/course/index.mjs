// Assignments: what the page and the command line share. Types: index.d.mts.
export { parseAssignment, isPublished, callOf } from './assignment.mjs';
export { checkAssignment, publish } from './author.mjs';
export { evaluateSubmission, evaluateTask, missingTask } from './evaluate.mjs';
export { prepare } from './expectations.mjs';
export { canHash, fingerprint, randomSalt, saltOf } from './hashes.mjs';
export { format, lostNumber } from './json.mjs';
export { asksLaboratory, withResults } from './laboratory.mjs';
export { decodeLink, encodeLink, longestLink } from './link.mjs';
export { findLocked, lockedBlocks } from './locked.mjs';
export { schema } from './schema.mjs';
export { buildSubmission, parseSubmission } from './submission.mjs';
export { tokensOf, valuesText } from './values.mjs';
