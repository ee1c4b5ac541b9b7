// Made while the page is built: web/pictures.ts.
declare module 'virtual:examples' {
  const load: () => Promise<Record<string, string>>;
  export default load;
}
