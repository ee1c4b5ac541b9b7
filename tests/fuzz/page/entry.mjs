// What of the page is fuzzed; bundled by page.mjs.
export {
  decodeFile,
  decodeLink,
  encodeFile,
  encodeLink,
  fragmentLimit,
  inflatedLimit,
} from '../../../web/src/state/link.ts';
export { BadProject } from '../../../web/src/state/check.ts';
export { Work } from '../../../web/src/state/storage.ts';
export { draftOf, textOf, withTask } from '../../../web/src/course/draft.ts';
