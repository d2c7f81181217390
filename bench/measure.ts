/** One way to do a thing. Resolves with what it cost, in any unit: only ratios are shown. */
export interface Contestant {
  readonly name: string;
  run(): Promise<Readonly<Record<string, number>>>;
}

/** Runs all contestants in turns and prints the median of each cost as a ratio to the first contestant's. */
export async function compare(title: string, contestants: readonly Contestant[], rounds: number): Promise<void> {
  const costs = new Map<string, Record<string, number[]>>();
  for (let round = 0; round <= rounds; round++)
    for (const { name, run } of contestants) {
      const cost = await run();
      // The first round warms files, caches and compilers.
      if (round === 0) continue;
      const known = costs.get(name) ?? {};
      for (const [what, amount] of Object.entries(cost)) known[what] = [...(known[what] ?? []), amount];
      costs.set(name, known);
    }
  const [first] = contestants;
  const base = costs.get(first?.name ?? '') ?? {};
  const lines = contestants.map(({ name }) => {
    const own = costs.get(name) ?? {};
    const ratios = Object.keys(base).map((what) => `${what} ${(median(own[what]) / median(base[what])).toFixed(2)}`);
    return `  ${name.padEnd(42)} ${ratios.join('   ')}`;
  });
  process.stdout.write(`${title} (median of ${rounds}, in turns)\n${lines.join('\n')}\n`);
}

function median(values: readonly number[] = []): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** How long work takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<{ readonly time: number }> {
  const began = performance.now();
  await work();
  return { time: performance.now() - began };
}
