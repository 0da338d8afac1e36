// Clicks are counted in memory and written once a second.
import { store } from './store.js';

let counts = new Map();

export function count(slug) {
  counts.set(slug, (counts.get(slug) ?? 0) + 1);
}

export function writeRegularly() {
  setInterval(async () => {
    if (counts.size === 0) {
      return;
    }
    const taken = counts;
    counts = new Map();
    await store.writeClicks(taken).catch((error) => console.error('clicks are lost:', error));
  }, 1000);
}
