#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image. Beside it in the autograder's zip:
# run_autograder, rasp.tgz (from pack.sh) and assignment.json (the instructor's file).
set -euo pipefail
here=${AUTOGRADER:-/autograder}/source
tools=${RASP_TOOLS:-/opt/rasp}
mkdir -p "$tools"
tar -xzf "$here/rasp.tgz" -C "$tools" --strip-components=1
enough() { command -v node >/dev/null 2>&1 && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }
if ! enough; then
  # The image's own Node is older; npm has a newer one.
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm ca-certificates >/dev/null
  enough || npm install --silent --no-audit --no-fund --prefix "$tools/node" node@24.11.1
fi
