declare module '@engine/laboratory.mjs' {
  export default function createEngine(
    options: object,
  ): Promise<{ request(json: string): string; bytes(): Uint8Array }>;
}
declare module '@engine/laboratory.wasm?url' {
  const url: string;
  export default url;
}
