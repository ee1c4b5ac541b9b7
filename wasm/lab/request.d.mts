/** An experiment of the laboratory; what is absent has the engine's default. docs/laboratory.md says what the numbers are. */
export interface LabExperiment {
  kind: 'superposition' | 'twin' | 'methods';
  d?: number;
  recipe?: 'orthonormal' | 'principal' | 'paper';
  optimised?: true; // compress the optimised model, not the plain construction
  layers?: number;
  heads?: number;
  width?: number;
  patterns?: true; // the twin is held to the compiled attention patterns, too
  of?: 'superposition' | 'twin'; // methods: on such a model, trained first; absent: on the compiled one
  steps?: number;
  seed?: number;
}
export function trainedKind(lab: LabExperiment): 'superposition' | 'twin' | undefined;
export function startOf(lab: LabExperiment): object;
export function percentText(x: number): string;
export function areaText(x: number): string;
