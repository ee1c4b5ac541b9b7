export const runtime: string[];
export const libraryName: string;
export const version: string;
export function runtimeFile(name: string): Buffer;
export function pythonLibrary(): Promise<Buffer>;
