// Three sentences over the first example, until they are dismissed: what the words of a program become in a
// transformer.
import { signal } from '@preact/signals';
import { firstExample } from '../state/examples';
import { embed } from '../state/options';
import { source } from '../state/project';
import { Term } from '../views/Term';

const key = 'rasp-captions';
const seen = () => {
  try {
    return localStorage.getItem(key) === 'seen';
  } catch {
    return false;
  }
};
const dismissed = signal(seen());

function dismiss() {
  dismissed.value = true;
  try {
    localStorage.setItem(key, 'seen');
  } catch {
    /* they come again */
  }
}

export function Captions() {
  if (embed || dismissed.value || source.value !== firstExample.source) return null;
  return (
    <aside class="captions" aria-label="How to read this page">
      <ol>
        <li>
          <code>select</code> says who looks at whom: one <Term name="attention head">attention head</Term>.
        </li>
        <li>
          <code>aggregate</code> fetches what is seen there.
        </li>
        <li>
          The rest is arithmetic at each position by itself: an <Term name="MLP">MLP</Term>.
        </li>
      </ol>
      <button type="button" class="quiet" aria-label="Dismiss these captions" onClick={dismiss}>
        ✕
      </button>
    </aside>
  );
}
