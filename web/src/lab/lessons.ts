// Two guided texts on the live page, five steps each. A step may set an experiment up; the reader starts it, and reads
// the answer off.
import type { LabSettings } from '../state/project';

export interface LessonStep {
  title: string;
  text: string;
  example?: string;
  lab?: Omit<LabSettings, 'lesson' | 'run'>;
  method?: string;
  truth?: 'causal' | 'semantic' | 'structural';
}
export type LessonName = NonNullable<LabSettings['lesson']>['of'];

const fraction = 'fraction_previous';

export const lessons: Record<LessonName, { title: string; steps: LessonStep[] }> = {
  superposition: {
    title: 'What superposition is',
    steps: [
      {
        title: 'Eleven features, four dimensions',
        example: fraction,
        lab: { kind: 'superposition', d: 4 },
        text: 'The plain construction of this program keeps eleven features, one dimension each: BOS, each token, each value of each s-op. Now one matrix W is learned: everything is written through W into d = 4 dimensions and read back through its transpose. Nothing else changes. Do the answers stay right?',
      },
      {
        title: 'Which of them share a direction?',
        example: fraction,
        lab: { kind: 'superposition', d: 4 },
        text: 'Read the matrix W·Wᵀ. The diagonal is each feature with itself. What stands beside the diagonal shares a direction with another feature: reading one reads some of the other, too. Eleven directions in four dimensions cannot all be at right angles, and yet the answers are right: what is wrong is thrown away by the softmax or by a threshold.',
      },
      {
        title: 'What can no longer be read?',
        example: fraction,
        lab: { kind: 'superposition', d: 4 },
        text: 'Look at “What can still be read”. An s-op that cannot be read may be one that nobody needs: the difference between two tokens that the program treats alike. The last column interchanges the s-op with another input’s and asks whether model and program still agree. Where an s-op can be read and yet has less than 100 % there, the answers are right for other reasons than the program’s.',
      },
      {
        title: 'One dimension',
        example: fraction,
        lab: { kind: 'superposition', d: 1 },
        text: 'Now d = 1. Where do the first answers go wrong, and what do they become? Compare the two attention patterns beside each other: which row went wrong first? The table of runs keeps both results. Find the smallest d that keeps every answer.',
      },
      {
        title: 'A program that counts',
        example: 'histogram',
        lab: { kind: 'superposition' },
        text: 'Histogram counts equal tokens. Its head gives every equal token a small share, so that the sum is exact, and its scores hold logarithms: a small error of a score is a wrong count. Half of the dimensions are far too few here. How many does it need?',
      },
    ],
  },
  circuit: {
    title: 'Which method finds the circuit?',
    steps: [
      {
        title: 'A circuit that is known',
        example: 'sort',
        lab: { kind: 'methods' },
        text: 'The compiler wrote this model, so its circuit is known: which part reads what which other part has written. Seven methods that look for circuits in trained models now look for this one, and are scored against the truth.',
      },
      {
        title: 'Who ranks the edges best?',
        example: 'sort',
        lab: { kind: 'methods' },
        truth: 'causal',
        text: 'An edge is causal if patching it alone changes some answer. The area under the ROC curve says how often a method ranks a true edge above a wrong one: 1 is perfect, 0.5 is chance. Which method wins, which is hardly better than chance, and what did each of them cost?',
      },
      {
        title: 'What one gradient cannot see',
        example: 'sort',
        lab: { kind: 'methods' },
        method: 'eap',
        truth: 'causal',
        text: 'Attribution patching needs a single gradient. Which edges does it miss? They lead into queries and keys. Their softmax is saturated: it has decided, and a small change of a score changes nothing, so its gradient is zero. Averaging gradients on the way to the corrupted input finds them.',
      },
      {
        title: 'Needed, but never seen',
        example: 'sort',
        lab: { kind: 'methods' },
        method: 'acdc',
        truth: 'semantic',
        text: 'Now compare with the semantic edges: an s-op that one part writes is read by the other. No method finds them all. Which of them does the program need although no sampled input shows it? Point at an edge’s name to see the two inputs that prove it causal.',
      },
      {
        title: 'Another mechanism',
        example: 'histogram',
        lab: { kind: 'methods' },
        method: 'eap',
        truth: 'causal',
        text: 'The same on Histogram, which counts. Here one gradient does much better: why? A counting head spreads its attention thin and is not saturated. Which method you can trust depends on the mechanism that you look for.',
      },
    ],
  },
};
