// Tracr's Python as RASP text, from Node.
import { pythonClient } from './python/client.mjs';
import { toRasp as written } from './python/rasp.mjs';

let python;

/** A request as JSON; members that are {raw} are put in as they are. */
function serialised(request) {
  const members = Object.entries(request).filter(([, value]) => value !== undefined);
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value?.raw ?? JSON.stringify(value)}`).join(',')}}`;
}

/** {ok, text, compared, exhaustive}, or a failure. The text has been compared with the program. */
export function toRasp(engine, { program, name, files }) {
  python ??= pythonClient();
  const tabulate = async (request) => {
    const { graph, refused } = await python.graph(serialised(request), { limit_ms: 60_000 });
    return refused ? { refused } : { graph: { raw: graph } };
  };
  return written({ tabulate, ask: (request) => engine.requestText(serialised(request)) }, { program, name, files });
}
