#!/usr/bin/env bash
# pack.sh OUT.tgz: everything that grading needs on another machine, where only Node (20 or later) is installed:
# the command line, the engine and three small packages. Run ./dev build first.
set -euo pipefail
out=$(realpath -m "${1:?usage: pack.sh OUT.tgz}")
root=$(realpath "$(dirname "$0")/../..")
engine=${RASP_ENGINE:-$root/build/wasm/wasm}
[ -e "$engine/engine.wasm" ] || { echo "The engine is not built. Run ./dev build first." >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/rasp/wasm/dist" "$work/rasp/wasm/python"
cp -r "$root"/wasm/*.mjs "$root"/wasm/package.json "$root"/wasm/package-lock.json "$root"/wasm/course "$root"/wasm/grading "$root"/wasm/lab "$root"/wasm/node_modules "$work/rasp/wasm/"
cp "$root"/wasm/python/*.mjs "$work/rasp/wasm/python/"
rm -rf "$work/rasp/wasm/node_modules/pyodide"   # Python programs are not graded
cp "$engine/engine.mjs" "$engine/engine.wasm" "$engine/laboratory.mjs" "$engine/laboratory.wasm" "$work/rasp/wasm/dist/"
tar -C "$work" --sort=name --owner=0 --group=0 -czf "$out" rasp
echo "$out"
