// Trusted Types: the only scripts that the page starts are its own workers.
interface Policy {
  createScriptURL(url: string): string;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

function own(url: string): string {
  if (new URL(url, location.href).origin !== location.origin)
    throw new TypeError('A worker must come from the page itself');
  return url;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy('rasp', { createScriptURL: own });

export const workerUrl = (url: string): string => policy?.createScriptURL(url) ?? own(url);
