// Where the program's end of what is lit lies, when all of it is out of sight. The editor, which is loaded later,
// knows: it costs a layout to ask.
export interface CodeEdge {
  line: number;
  up: boolean;
}

let editor: (() => CodeEdge | null) | null = null;
export const answerWith = (f: () => CodeEdge | null) => {
  editor = f;
};
export const codeEdge = () => editor?.() ?? null;
