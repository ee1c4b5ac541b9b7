// Steps through the score: one step a half-layer that does something. At rest it stands at the end and everything is filled.
import { useEffect } from 'preact/hooks';
import { steps as allSteps } from '../draw/lines';
import { halfInForce } from '../draw/residual';
import { halfName } from '../state/focus';
import { half } from '../state/project';
import { playing } from '../state/player';

const beatMs = 1100;

export function Player() {
  const steps = allSteps.value, now = halfInForce(), last = steps.length - 1;
  const at = half.value === null ? last : Math.max(0, steps.findLastIndex((h) => h <= now));
  const go = (i: number) => { half.value = i >= last ? null : steps[Math.max(0, i)]!; };
  const play = () => {
    if (!playing.value && at === last) half.value = steps[0]!;
    playing.value = !playing.value;
  };
  useEffect(() => {
    if (!playing.value) return undefined;
    if (at >= last) { playing.value = false; return undefined; }
    const timer = setTimeout(() => go(at + 1), beatMs);
    return () => clearTimeout(timer);
  }, [playing.value, at, last]);
  if (last < 1) return null;
  return (
    <div class="scrubber player" role="group" aria-label="Player" onKeyDown={(e) => {
      if (e.target instanceof HTMLInputElement) return;
      const d = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (d) { e.preventDefault(); go(at + d); }
    }}>
      <button type="button" aria-label="One half-layer earlier" disabled={at === 0} onClick={() => { playing.value = false; go(at - 1); }}>◀</button>
      <button type="button" class="play" aria-label={playing.value ? 'Pause' : 'Play the steps'} onClick={play}>{playing.value ? '❚❚' : '▶'}</button>
      <button type="button" aria-label="One half-layer later" disabled={at === last} onClick={() => { playing.value = false; go(at + 1); }}>▶▏</button>
      <input type="range" min={0} max={last} value={at} aria-label="Step" aria-valuetext={`step ${at} of ${last}, after ${halfName(steps[at]!)}`} onInput={(e) => { playing.value = false; go(Number(e.currentTarget.value)); }} />
      <span class="step-name" aria-live="polite">step {at} of {last} <small>{at === 0 ? 'embedding' : halfName(steps[at]!)}</small></span>
    </div>
  );
}
