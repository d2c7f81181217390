import type { Environment, Value } from '../../domain/account-configuration.ts';

/** Reads variables of the environment. A blank variable counts as absent. */
export function environmentReader(environment: Environment) {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return {
    text,
    /** Returns a reference to the first of these variables that has a value. The value itself stays in the environment. */
    first(...names: readonly string[]): Value | undefined {
      const name = names.find((each) => text(each) !== undefined);
      return name === undefined ? undefined : { env: name };
    },
  };
}

/** Whether a variable of the environment means true: `true` in any case, or `1`. */
export function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true' || text === '1';
}
