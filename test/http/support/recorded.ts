type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Call {
  readonly name: string;
  readonly arguments: readonly unknown[];
}

export type Recorded<T> = Mutable<T> & {
  /** Names and arguments of the calls, in order. */
  readonly calls: Call[];
  /** The arguments of the only call with that name. */
  argumentsOf(name: keyof T): readonly unknown[];
};

/** A service that records its calls. A method that a test replaces is not recorded. */
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
