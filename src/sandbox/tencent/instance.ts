import { Refusal } from './answer.ts';

/** An instance of the sandbox. Its id determines all its properties; any well-formed id exists. The README has the table of magic words. */
export interface Instance {
  readonly id: string;
  readonly readOnly: boolean;
  readonly businessIntelligence: boolean;
  readonly isolated: boolean;
  readonly locked: boolean;
  readonly lag: boolean;
  /** Whether it keeps no databases: no restore finds an existing one. */
  readonly scratch: boolean;
}

/** Returns the instance with that id. Throws `Refusal` (InstanceNotFound). */
export function instanceOf(id: string): Instance {
  const parts = /^mssql(ro|bi)?-([a-z0-9]{6,12})$/.exec(id);
  const body = parts?.[2] ?? 'notfound';
  if (body.includes('notfound')) {
    throw new Refusal('ResourceNotFound.InstanceNotFound', `There is no instance ${id}.`);
  }
  return {
    id,
    readOnly: parts?.[1] === 'ro' || body.includes('readonly'),
    businessIntelligence: parts?.[1] === 'bi',
    isolated: body.includes('isolated'),
    locked: body.includes('locked'),
    lag: body.startsWith('lag'),
    scratch: body.startsWith('scratch'),
  };
}

/** Returns the instance with that id if it can accept a restore now. Throws `Refusal`. */
export function writableInstance(id: string): Instance {
  const instance = instanceOf(id);
  if (instance.readOnly) {
    throw new Refusal('ResourceUnavailable.NotSupportRoInstance', 'A read-only instance takes no import.');
  }
  if (instance.isolated || instance.businessIntelligence) {
    throw new Refusal('ResourceUnavailable.InstanceStatusInvalid', 'The state of the instance does not allow this.');
  }
  return instance;
}
