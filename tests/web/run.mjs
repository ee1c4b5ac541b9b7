// The page as a person uses it, in Chromium. Arguments choose tests: words of their names, or a part of all
// (journeys.mjs).
import { journeys } from './journeys.mjs';

const parts = [
  'first',
  'laboratory',
  'laboratory-harm',
  'craft',
  'model-file',
  'researcher',
  'words',
  'phone',
  'editing',
  'kept',
  'files',
  'page',
  'course',
  'author',
  'generate',
  'address',
  'states',
  'score',
  'legible',
  'code',
  'fixes',
  'drawn',
  'steady',
  'bad-input',
  'accessible',
  'scanned',
];

const { test, end, browser } = await journeys();
for (const part of parts) await (await import(`./parts/${part}.mjs`)).default(test, browser);
await end();
