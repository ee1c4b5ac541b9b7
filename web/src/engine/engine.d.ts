declare module '@engine/engine.mjs' {
  export default function createEngine(
    options: object,
  ): Promise<{ request(json: string): string; arena(): Float32Array; bytes(): Uint8Array }>;
}
declare module '@engine/engine.wasm?url' {
  const url: string;
  export default url;
}
