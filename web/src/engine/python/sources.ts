// The project's own Python packages: part of the worker, since they change with the page and not with Python.
const texts = import.meta.glob(['../../../../python/tracr/**/*.py', '../../../../python/rasp_host/**/*.py'], {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

export const sources: Record<string, string> = Object.fromEntries(
  Object.entries(texts).map(([path, text]) => [path.replace(/^.*\/python\/(tracr|rasp_host)\//, '$1/'), text]),
);
