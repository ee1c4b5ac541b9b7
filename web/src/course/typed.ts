/** Texts of fields that are no values (yet), by `TASK/LABEL`: they stay as typed while one looks at other tasks. */
export type Typed = Record<string, { text: string; problem: string }>;

/** After task `at` is removed: its texts go, those of later tasks move with them. */
export function withoutTask(typed: Typed, at: number): Typed {
  return Object.fromEntries(
    Object.entries(typed).flatMap(([key, value]) => {
      const [task, label] = key.split(/\/(.*)/),
        n = Number(task);
      return n === at ? [] : [[`${n > at ? n - 1 : n}/${label}`, value]];
    }),
  );
}
