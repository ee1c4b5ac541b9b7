// Made while the page is built: web/glossary.ts.
declare module 'virtual:glossary' {
  const words: string[];
  export default words;
}
declare module 'virtual:glossary-texts' {
  const texts: Record<string, { text: string; anchor: string }>;
  export default texts;
}
