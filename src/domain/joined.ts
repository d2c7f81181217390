interface Asking<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Batches requests that are made at about the same time. `work` gets 1 to `most` items and returns their results in the same order. At most
 * `atOnce` runs of it are in progress; requests made meanwhile join the next run. A run starts after all of its items were requested. If
 * `work` rejects, all requests of that run reject.
 */
export function joined<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { atOnce, most }: { readonly atOnce: number; readonly most: number },
): (item: Item) => Promise<Result> {
  const waiting: Asking<Item, Result>[] = [];
  let underWay = 0;

  async function answer(asking: readonly Asking<Item, Result>[]): Promise<void> {
    underWay++;
    try {
      const results = await work(asking.map(({ item }) => item));
      for (const [n, { resolve }] of asking.entries()) resolve(results[n] as Result);
    } catch (error) {
      for (const { reject } of asking) reject(error);
    }
    underWay--;
    begin();
  }

  function begin(): void {
    while (underWay < atOnce && waiting.length > 0) void answer(waiting.splice(0, most));
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // Requests that the process has already received join this run.
      if (waiting.length === 1) setImmediate(begin);
    });
}
