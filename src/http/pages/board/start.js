// @ts-check

/** Loads the board. A browser does not ask again for a module that it could not load, so the whole page is loaded again. */

/** In milliseconds: a change of the network has passed by then, and a gateway that restarts may be back. */
const againMs = 3000;

import('./board.js').catch(() => {
  const main = globalThis.document.querySelector('main');
  if (main !== null) main.textContent = 'The page was not loaded in full. It is loaded again in a moment.';
  setTimeout(() => location.reload(), againMs);
});
