// Where the program's end of what is pointed at lies, when it is out of sight. The editor says it.
import { signal } from '@preact/signals';

export const codeEdge = signal<{ line: number; up: boolean } | null>(null);
