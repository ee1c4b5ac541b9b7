export const texts = import.meta.glob('../../../examples/*.rasp', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
