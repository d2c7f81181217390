// @ts-check

/**
 * An element. Texts are always texts: nothing of an answer becomes markup.
 * @param {string} tag @param {Record<string, any>} [properties] @param {...any} children
 * @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  const element = globalThis.document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== 'string') /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name === 'className' ? 'class' : name, value === true ? '' : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {string | null | undefined} time */
export function timeOf(time) {
  return time ? h('time', { datetime: time, title: time }, new Date(time).toLocaleString()) : '–';
}

/** How long ago, in words. @param {string} time @param {number} now */
export function ago(time, now) {
  const minutes = Math.max(0, Math.round((now - Date.parse(time)) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/** @param {string} state */
export function stateMark(state) {
  return h('span', { className: 'state', 'data-state': state }, state.replaceAll('_', ' '));
}

/** The words of a note or an error, with the vendor’s own. @param {any} note @param {string} className */
export function noteOf(note, className) {
  const { provider } = note;
  const words = provider && [provider.operation, provider.code, provider.message].filter(Boolean).join(': ');
  return h(
    'p',
    { className },
    h('strong', {}, `${note.code}. `),
    note.detail,
    words
      ? h(
          'span',
          { className: 'quiet' },
          ` ${provider.name}: ${words}`,
          provider.requestId ? ` (request ${provider.requestId})` : '',
        )
      : null,
  );
}

/** What a source names, in one line. @param {any} source */
export function sourceInWords(source) {
  if (source.type === 'object_storage')
    return source.keys.map((/** @type {string} */ key) => `${source.bucket}/${key}`).join(', ');
  if (source.type === 'url') return source.urls.join(', ');
  return source.type === 'upload' ? source.fileName : `${source.instanceId} / ${source.backupId}`;
}
