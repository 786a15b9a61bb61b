// The parts of a browser that modules of the console look at when they are loaded. They draw nothing.
const storage = () => {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
};
Object.assign(globalThis, {
  sessionStorage: storage(),
  localStorage: storage(),
  location: { hash: '', search: '' },
  addEventListener: () => {},
  document: { addEventListener: () => {}, hidden: true },
});
// Nothing that lasts as long as a page keeps Node from ending.
const { BroadcastChannel, setInterval } = globalThis;
globalThis.setInterval = (...given) => setInterval(...given).unref();
globalThis.BroadcastChannel = class extends BroadcastChannel {
  constructor(name) {
    super(name);
    this.unref();
  }
};
// Node has one of its own, which cannot be assigned to.
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en'] } });
const { loadTexts } = await import('../../../client/console/texts/index.js');
await loadTexts();
