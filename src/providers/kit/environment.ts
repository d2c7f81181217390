import type { Environment, Value } from '../../domain/account-configuration.ts';

/** Reads variables of the environment; a blank one counts as absent. */
export function environmentReader(environment: Environment) {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return {
    text,
    /** The first of these variables that has a value, by name: the value stays where it is. */
    first(...names: readonly string[]): Value | undefined {
      const name = names.find((each) => text(each) !== undefined);
      return name === undefined ? undefined : { env: name };
    },
  };
}

export function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true' || text === '1';
}
