export function giveUpAuthority(): void;
export function loadPython(from: {
  folder: string;
  python: WebAssembly.Module;
  library: ArrayBuffer;
}): Promise<unknown>;
