type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Call {
  readonly name: string;
  readonly arguments: readonly unknown[];
}

export type Recorded<T> = Mutable<T> & {
  /** Names and arguments of the calls, in order. */
  readonly calls: Call[];
  /** The arguments of the only call of that name. */
  argumentsOf(name: keyof T): readonly unknown[];
};

/** A service whose calls are written down; a method that is replaced later is not. */
export function recorded<T extends object>(plain: T): Recorded<T> {
  const calls: Call[] = [];
  const methods = Object.fromEntries(
    Object.entries(plain).map(([name, method]) => [
      name,
      (...values: never[]) => {
        calls.push({ name, arguments: values });
        return (method as (...values: never[]) => unknown)(...values);
      },
    ]),
  ) as unknown as T;
  return {
    ...methods,
    calls,
    argumentsOf(name) {
      const [only, ...more] = calls.filter((call) => call.name === name);
      if (only === undefined || more.length > 0)
        throw new Error(`${String(name)} was called ${more.length + (only ? 1 : 0)} times`);
      return only.arguments;
    },
  };
}
