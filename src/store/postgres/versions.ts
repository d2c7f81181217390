/** Looks versions of migrations up; ids that do not exist are left out. */
export type FindVersions = (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;

interface Asking {
  readonly id: string;
  readonly resolve: (version: number | null) => void;
  readonly reject: (reason: unknown) => void;
}

/** So many lookups are under way at once; whoever asks meanwhile joins the next one. */
const maxUnderWay = 2;
/** Ids in one lookup. */
const maxIds = 200;

/**
 * Joins what is asked at about the same time into one statement. A statement begins after the question that it answers, so each answer is as
 * fresh as one of its own would be.
 */
export function joinedVersions(find: FindVersions): (id: string) => Promise<number | null> {
  const waiting: Asking[] = [];
  let underWay = 0;

  async function answer(asking: readonly Asking[]): Promise<void> {
    underWay++;
    try {
      const versions = await find([...new Set(asking.map(({ id }) => id))]);
      for (const { id, resolve } of asking) resolve(versions.get(id) ?? null);
    } catch (error) {
      for (const { reject } of asking) reject(error);
    }
    underWay--;
    begin();
  }

  function begin(): void {
    while (underWay < maxUnderWay && waiting.length > 0) void answer(waiting.splice(0, maxIds));
  }

  return (id) =>
    new Promise((resolve, reject) => {
      waiting.push({ id, resolve, reject });
      // The other requests that the process has received already join in.
      if (waiting.length === 1) setImmediate(begin);
    });
}
