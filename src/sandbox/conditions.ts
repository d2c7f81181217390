import type { CloudName } from './cloud.ts';

/** Clocks and delays of the clouds, to be changed while they run. `cloud` `*`: all of them. */
export interface Conditions {
  /** Sets a cloud's clock `offsetMs` ahead of the real one (negative: behind). States follow that clock. */
  setClock(cloud: CloudName | '*', offsetMs: number): void;
  /** Lists of that cloud do not show objects younger than `ms`. */
  setListLag(cloud: CloudName | '*', ms: number): void;
}
