/** Evaluates the open task as one types: visible cases at once, everything when asked. The latest program wins. */
import { signal } from '@preact/signals';
import { type Prepared, type Task, type TaskResult, evaluateTask } from '../../../wasm/course/index.mjs';
import type { Host } from './host';

export class Live {
  readonly result = signal<TaskResult | null>(null);
  readonly running = signal(false);
  #wanted = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly prepared: Prepared,
    private readonly delayMs = 150,
  ) {}

  /** A new program: its visible cases after a short rest. */
  edited(task: Task, program: string) {
    const mine = ++this.#wanted;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#run(mine, task, program, false);
    }, this.delayMs);
  }

  /** All cases, budgets and rules; null where a newer program came meanwhile. */
  check(task: Task, program: string): Promise<TaskResult | null> {
    clearTimeout(this.#timer);
    return this.#run(++this.#wanted, task, program, true);
  }

  stop() {
    ++this.#wanted;
    clearTimeout(this.#timer);
    this.result.value = null;
  }

  async #run(mine: number, task: Task, program: string, hidden: boolean): Promise<TaskResult | null> {
    this.running.value = true;
    // Answers to a program that is no longer the latest are not waited for.
    const engine = {
      request: (document: Record<string, unknown>) =>
        mine === this.#wanted ? this.host.request(document) : Promise.reject(new Superseded()),
    };
    try {
      const result = await evaluateTask(engine, this.prepared, task, program, { hidden });
      if (mine !== this.#wanted) return null;
      this.result.value = result;
      return result;
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      return null;
    } finally {
      if (mine === this.#wanted) this.running.value = false;
    }
  }
}

class Superseded extends Error {}
