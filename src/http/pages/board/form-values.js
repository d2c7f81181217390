// @ts-check

/** Converts the texts of a form to values of a body, and assigns the faults of a body to fields. Pure. */

/** The value of a setting with a JSON schema; undefined: none was entered. @param {any} text @param {any} schema */
export function schemaValue(text, schema) {
  if (text === undefined || text === '') return undefined;
  if (schema.type === 'boolean') return text === 'true';
  return schema.type === 'object' ? pairsIn(text) : text.trim();
}

/** The pairs in lines of `name=value`. @param {string} text @returns {Record<string, string>} */
export function pairsIn(text) {
  return Object.fromEntries(
    linesIn(text).map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name.trim(), value.join('=').trim()];
    }),
  );
}

/** @param {string} [text] */
export function linesIn(text = '') {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** The faults of a body. Each field claims its own; unclaimed faults are shown above the form. */
export class Faults {
  /** @type {Set<any>} */
  #left;

  /** @param {any[]} faults */
  constructor(faults) {
    this.#left = new Set(faults);
  }

  /** Takes the faults at `pointer` and below it. @param {string} pointer */
  claim(pointer) {
    const found = [...this.#left].filter((each) => each.pointer === pointer || each.pointer?.startsWith(`${pointer}/`));
    for (const each of found) this.#left.delete(each);
    return found;
  }

  rest() {
    return [...this.#left];
  }
}
