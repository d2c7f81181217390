/** URL and key of the gateway under test. Each program creates one migration and prints its outcome. */
export const server = process.env.GODWIT_URL ?? '';
export const key = process.env.GODWIT_KEY ?? '';

/** Prints the outcome of a program. */
export function tell(outcome: { labels: unknown; state: string; problem: string }): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

export const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 100));
