// One line for a program's `#@` lines: title, settings in force, tests.
import { computed } from '@preact/signals';
import { outcomes, pending } from '../state/expects';
import { analysis } from '../state/live';
import { tokensText } from '../values';

const most = 16; // characters of a vocabulary that fit

function tests(): string {
  const count = analysis.value?.expects.length ?? 0,
    list = outcomes.value;
  if (!count) return '';
  const name = count === 1 ? 'test' : 'tests';
  if (!list || (pending.value && list.length < count)) return `${count} ${name}`;
  const failing = list.filter((o) => !o.ok).length;
  return failing ? `${failing} of ${count} ${name} ✗` : `${count} ${name} ✓`;
}

export const summary = computed(() => {
  const a = analysis.value;
  if (!a) return '';
  const { vocabulary, max_length, causal } = a.settings;
  const words = tokensText(vocabulary);
  return [
    a.title || a.output?.name || 'Untitled',
    words.length > most ? `${vocabulary!.values.length} tokens` : words,
    max_length ? `up to ${max_length}` : '',
    causal ? 'causal' : '',
    tests(),
  ]
    .filter(Boolean)
    .join(' · ');
});
