// Statistics of the benchmark.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Slope of log y over log x; null with fewer than three different x. */
export function exponent(points) {
  if (new Set(points.map(([x]) => x)).size < 3) return null;
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (i) => logs.reduce((s, p) => s + p[i], 0) / logs.length;
  const mx = mean(0),
    my = mean(1);
  let xy = 0,
    xx = 0;
  for (const [x, y] of logs) {
    xy += (x - mx) * (y - my);
    xx += (x - mx) ** 2;
  }
  return xy / xx;
}

/** Per group of subjects and kind of size that varies in it: how each engine's time grows. */
export function exponents(results) {
  const rows = [];
  for (const group of new Set(results.map((r) => r.group))) {
    const members = results.filter((r) => r.group === group);
    const fit = (against, chosen, size) => {
      const of = (key) => {
        const points = chosen.filter((r) => Number.isFinite(r.ns[key])).map((r) => [size(r), r.ns[key]]);
        return points.length < 3 ? null : exponent(points);
      };
      const sizes = chosen.map(size);
      if (new Set(sizes).size < 3) return;
      rows.push({
        group,
        against,
        from: Math.min(...sizes),
        to: Math.max(...sizes),
        native: of('native'),
        wasm: of('wasm'),
        dense: of('dense'),
        onnx: of('onnx'),
      });
    };
    const most = (key) => {
      // the value of `key` that most members share
      const counts = new Map();
      for (const m of members) counts.set(m[key], (counts.get(m[key]) ?? 0) + 1);
      return [...counts].sort((a, b) => b[1] - a[1])[0][0];
    };
    fit(
      'length',
      members.filter((m) => m.vocabulary === most('vocabulary')),
      (r) => r.length,
    );
    fit(
      'vocabulary',
      members.filter((m) => m.length === most('length')),
      (r) => r.vocabulary,
    );
    fit('non-zeros × length', members, (r) => r.nonzeros * r.length);
  }
  return rows;
}
