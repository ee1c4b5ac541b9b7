// The residual stream of a picture: the half-layer in force, and the numbers after it.
import { type Picture, lastHalf } from '../state/live';
import { half as chosenHalf } from '../state/project';
import { tensor } from './pattern';

export const halfInForce = () => Math.min(chosenHalf.value ?? lastHalf.value, lastHalf.value);
export const residualName = (half: number) =>
  half === 0 ? 'resid_pre' : `blocks.${Math.floor((half - 1) / 2)}.${half % 2 ? 'resid_mid' : 'resid_post'}`;
export const residualAt = (p: Picture, half: number) => tensor(p, residualName(half));
