// @ts-check

/**
 * The vocabulary of the contract, served by the gateway: sets of values, meanings of codes, and options.
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

/** Reads the vocabulary before the first view. */
export async function loadVocabulary() {
  const response = await fetch('./vocabulary.json');
  if (!response.ok) throw new Error(`The gateway answered ${response.status}.`);
  Object.assign(vocabulary, await response.json());
}

/** @param {string} state */
export function isTerminal(state) {
  return vocabulary.terminalStates.includes(state);
}
