interface Asking<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Joins what is asked for at about the same time. `work` does it for several items at once and answers for each, in their order; at most `atOnce` of it
 * are under way, for at most `most` items each, and whoever asks meanwhile joins the next one. It begins after each question that it answers.
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
      // Whatever the process has received already joins in.
      if (waiting.length === 1) setImmediate(begin);
    });
}
