// Steps through the score: one step a half-layer that does something, three where it is attention. At rest it stands at
// the end and everything is filled.
import { useEffect } from 'preact/hooks';
import { at as place, current, go, steps as allSteps } from '../draw/lines';
import { howToRead } from '../draw/score';
import { Words } from './Term';
import { playing } from '../state/player';

const beatMs = 1600;
/** Keys that belong to something else: fields, the program, a matrix, a row, a dialog. */
const taken = (e: KeyboardEvent) => {
  const target = e.composedPath()[0];
  return (
    e.defaultPrevented ||
    e.ctrlKey ||
    e.metaKey ||
    e.altKey ||
    (target instanceof Element &&
      target.closest(
        'input, textarea, select, [contenteditable], [role="tablist"], [role="application"], .staves, dialog, .tour',
      ) !== null)
  );
};

export function Player() {
  const steps = allSteps.value,
    last = steps.length - 1,
    at = place.value;
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const d = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (!d || taken(e)) return;
      e.preventDefault();
      playing.value = false;
      go(place.peek() + d);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  const play = () => {
    if (!playing.value && at === last) go(0);
    playing.value = !playing.value;
  };
  useEffect(() => {
    if (!playing.value) return undefined;
    if (at >= last) {
      playing.value = false;
      return undefined;
    }
    const timer = setTimeout(() => go(at + 1), beatMs);
    return () => clearTimeout(timer);
  }, [playing.value, at, last]);
  if (last < 1) return null;
  return (
    <div class="scrubber player" role="group" aria-label="Player">
      <button
        type="button"
        aria-label="One step back"
        disabled={at === 0}
        onClick={() => {
          playing.value = false;
          go(at - 1);
        }}
      >
        ◀
      </button>
      <button type="button" class="play" aria-label={playing.value ? 'Pause' : 'Play the steps'} onClick={play}>
        {playing.value ? '❚❚' : '▶'}
      </button>
      <button
        type="button"
        aria-label="One step on"
        disabled={at === last}
        onClick={() => {
          playing.value = false;
          go(at + 1);
        }}
      >
        ▶▏
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={at}
        aria-label="Step"
        aria-valuetext={`step ${at} of ${last}: ${steps[at]!.title}`}
        onInput={(e) => {
          playing.value = false;
          go(Number(e.currentTarget.value));
        }}
      />
      <span class="step-name" title={steps[at]!.title}>
        step {at} of {last}
      </span>
    </div>
  );
}

/** What happens in the step that is shown; at the end, how to read it. */
export function Caption() {
  const now = current.value;
  return (
    <p class="caption" aria-live="polite">
      {now ? (
        <>
          <strong>{now.title}.</strong> <Words text={now.caption} />
        </>
      ) : (
        <span class="hint on-screen">{howToRead}</span>
      )}
    </p>
  );
}
