// A question that the page asks in a dialog of its own: for a name, or for leave to do something that cannot be undone.
import { signal } from '@preact/signals';

export interface Question {
  title: string;
  action: string; // what the button says
  field?: { label: string; value: string; check: (text: string) => string | null }; // null, or why the text will not do
  accept: (text: string) => void;
}

export const question = signal<Question | null>(null);
