/**
 * Course assignments on the page. The shell mounts <Solve host text /> or <Author host /> beside its editor, gives them
 * a Host (host.ts), and holds the lines of `host.setLocked` fast in its editor; at start it gives
 * `decodeLink` the fragment: an `assignment` opens in Solve; a `submission` shows the programs it holds. Styles:
 * course.css.
 */
export type { Host } from './host';
export { Solve, type SolveProps } from './Solve';
export { Author, type AuthorProps } from './Author';
export { readyAssignments, type ReadyAssignment } from './assignments';
export { decodeLink, parseAssignment, parseSubmission } from '../../../wasm/course/index.mjs';
