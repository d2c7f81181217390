// @ts-check

/**
 * Loads the module that the script's element names (`data-module`). A browser never fetches a failed module again, so a
 * failure reloads the whole page. Of the explorer's files a lost Swagger UI and a lost OpenAPI document are failures too.
 */

/** Delay in milliseconds: a network change is over by then, and a restarted gateway may answer again. */
const againMs = 3000;

import(globalThis.document.currentScript?.dataset.module ?? '').catch(() => {
  const main = globalThis.document.querySelector('main');
  if (main !== null) main.textContent = 'The page did not load completely. It reloads in a moment.';
  setTimeout(() => location.reload(), againMs);
});
