// @ts-check

/** Loads the board. A browser never fetches a failed module again, so a failure reloads the whole page. */

/** Delay in milliseconds: a network change is over by then, and a restarted gateway may answer again. */
const againMs = 3000;

import('./board.js').catch(() => {
  const main = globalThis.document.querySelector('main');
  if (main !== null) main.textContent = 'The page was not loaded in full. It is loaded again in a moment.';
  setTimeout(() => location.reload(), againMs);
});
