// @ts-check

/**
 * The words of the contract, served by the gateway: sets of values, what codes mean, and the options.
 * @typedef {{ meaning: string, action: string | null }} Entry
 * @type {{
 *   states: string[], terminalStates: string[], feedVerdicts: string[], reasons: Record<string, Entry>,
 *   warnings: Record<string, Entry>, options: Record<string, any>, providerOptions: Record<string, Record<string, any>>
 * }}
 */
export const vocabulary = {
  states: [],
  terminalStates: [],
  feedVerdicts: [],
  reasons: {},
  warnings: {},
  options: {},
  providerOptions: {},
};

/** Reads it; the page begins with that. */
export async function loadVocabulary() {
  const response = await fetch('./vocabulary.json');
  if (!response.ok) throw new Error(`The gateway answered ${response.status}.`);
  Object.assign(vocabulary, await response.json());
}

/** @param {string} state */
export function isTerminal(state) {
  return vocabulary.terminalStates.includes(state);
}
