// Made while the page is built: web/pictures.ts.
declare module 'virtual:pictures' {
  const load: () => Promise<Record<string, import('./small').Small>>;
  export default load;
}
