import type { CloudName } from './cloud.ts';

/** Controls the clocks and delays of the clouds while they run. `cloud` `*` means all clouds. */
export interface Conditions {
  /** Sets a cloud's clock `offsetMs` ahead of the real one (negative: behind). The states of its tasks follow that clock. */
  setClock(cloud: CloudName | '*', offsetMs: number): void;
  /** Sets the age in milliseconds from which the cloud's lists show objects. */
  setListLag(cloud: CloudName | '*', ms: number): void;
}
