declare module 'virtual:pictures' {
  const pictures: Record<string, import('./small').Small>;
  export default pictures;
}
