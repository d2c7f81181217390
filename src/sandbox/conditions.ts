import type { CloudName } from './cloud.ts';

/** Clocks and delays of the clouds, which may change while they run. `cloud` `*` means all of them. */
export interface Conditions {
  /** Sets a cloud's clock `offsetMs` ahead of the real one (negative: behind). States follow that clock. */
  setClock(cloud: CloudName | '*', offsetMs: number): void;
  /** Sets the age in milliseconds from which the cloud's lists show objects. */
  setListLag(cloud: CloudName | '*', ms: number): void;
}
