/** What the course components need from the page around them. They reach nothing else of it. */
import type { ReadonlySignal } from '@preact/signals';
import type { Atom, Diagnostic, Task } from '../../../wasm/course/index.mjs';
import type { Lms } from './lms';

export interface Host {
  /** One request to the engine (core/session/session.h); resolves to its result document, also where it fails. */
  request(document: Record<string, unknown>): Promise<any>;
  /** The program in the editor. */
  source: ReadonlySignal<string>;
  setSource(text: string): void;
  /** Called when a task is opened: its vocabulary, length and mask for the page's own views; `input` is its first case. */
  setUp?(settings: { vocabulary: Atom[]; maxLength: number; causal: boolean; input: Atom[]; output: string }): void;
  /** Lines that must not change in the editor, 1-based and inclusive; called whenever they move. */
  setLocked?(ranges: [number, number][]): void;
  /** Moves the editor's cursor. */
  goTo?(line: number, column: number): void;
  /** Offers a file for download. */
  saveFile(name: string, text: string): void;
  /** Lets a person choose a file; null where they do not. */
  openFile(accept: string): Promise<{ name: string; text: string } | null>;
  /** The link that opens a fragment of this page (`assignment=…`, `submission=…`). Default: the page's own address. */
  linkTo?(fragment: string): string;
  /** The link that opens the experiment of a task for the laboratory, and runs it. */
  experimentLink?(task: Task): Promise<string>;
  /** As saveFile, for bytes. */
  saveBytes?(name: string, bytes: Uint8Array<ArrayBuffer>): void;
  /** All files of this page by path: a package for a course system holds them. */
  pageFiles?(): Promise<Record<string, Uint8Array>>;
  /** Where the page was opened from a package: the course system around it, null where there is none. */
  lms?: Lms | null;
  /** The engine's version for submission files. */
  engineVersion: string;
}

export const linkOf = (host: Host, fragment: string): string =>
  host.linkTo?.(fragment) ?? `${location.origin}${location.pathname}#${fragment}`;

export const place = (d: Diagnostic): string =>
  `Line ${d.line}, column ${d.column}: ${d.message}${d.hint ? `. ${d.hint}` : ''}`;
