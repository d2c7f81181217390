// @ts-check
import { html, nothing } from './lit-html.js';

/** Notes on vendor calls that are paused or slowed down. */

/** Number of operations that a note names; the rest is counted. */
const namedOperations = 4;

/** @param {string} time */
const clockTime = (time) => new Date(time).toLocaleTimeString();

/** The note on an open circuit. @param {any} circuit With `title`, the vendor's name. */
export function pausedNote({ title, account, region, state, retryAt }) {
  return html`<p class="note" data-kind="block">
    <strong>${title}</strong> (${account}, ${region}) ${
      state === 'open'
        ? 'has not answered several calls in a row, so none is made'
        : 'has not answered; one call finds out whether it is back'
    }${retryAt === null ? '' : ` until ${clockTime(retryAt)}`}. Running restores continue.
  </p>`;
}

/** The notes on throttled operations, one per account and region. @param {string} title The vendor's name. @param {any[]} slowed */
export function slowedNotes(title, slowed) {
  const places = Map.groupBy(slowed, ({ account, region }) => `${account}, ${region}`);
  return [...places].map(
    ([place, operations]) => html`<p class="note" data-kind="warn">
      <strong>${title}</strong> (${place}) throttles calls, so Godwit makes fewer: ${operationsOf(operations)}. All speeds
      return within a minute after the last throttled call. Running restores continue.
    </p>`,
  );
}

/** @param {any[]} operations */
function operationsOf(operations) {
  const worst = operations.toSorted((one, other) => one.speed - other.speed);
  const left = worst.length - namedOperations;
  return html`${worst
    .slice(0, namedOperations)
    .map(
      ({ operation, speed, pausedUntil }, index) =>
        html`${index === 0 ? '' : '; '}<code>${operation}</code> at ${Math.max(Math.round(speed * 100), 1)} % of its limit${
          pausedUntil === null ? '' : `, none before ${clockTime(pausedUntil)}`
        }`,
    )}${left > 0 ? ` and ${left} more` : nothing}`;
}
