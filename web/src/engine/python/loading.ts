import { signal } from '@preact/signals';

/** While Python is being loaded: bytes that have come, and how many there are; 'starting' until the first program can run. */
export const pythonLoading = signal<{ loaded: number; total: number } | 'starting' | null>(null);
