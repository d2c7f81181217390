import type { NamedFile } from '../../src/backups/chain.ts';
import { headBytes, readBackup, tailBytes } from '../../src/backups/read.ts';
import { type BackupFileSpecification, writeBackupFile } from '../../src/sandbox/object-store/backup-file.ts';

/** `quiet`: a log backup of a period without writes; `copy`: a full backup WITH COPY_ONLY. */
export type Kind = 'full' | 'differential' | 'log' | 'quiet' | 'copy';

/** The files that a source server writes when it takes these backups in order. */
export function history(kinds: readonly Kind[], seed = 7, database = 'orders'): NamedFile[] {
  let lsn = BigInt(25_000_000_006_200_000 + seed * 1_000_000);
  let base = '0';
  // The log chain begins before the first full backup, so the first log backup reaches back further.
  let logEnd = lsn;
  return kinds.map((kind, index) => {
    const begins = lsn;
    if (kind !== 'quiet') lsn += BigInt(100_000 * (1 + ((seed * (index + 3)) % 7)));
    const checkpoint = String(begins + 37n);
    const letter = kind === 'full' || kind === 'copy' ? 'D' : kind === 'differential' ? 'I' : 'L';
    const first = letter === 'L' ? logEnd : begins + 37n;
    const file: BackupFileSpecification = {
      database,
      kind: letter,
      firstLsn: String(first),
      lastLsn: String(lsn + 1n),
      checkpointLsn: checkpoint,
      databaseBackupLsn: base,
      startedAt: '2026-11-28T01:00:00',
      finishedAt: `2026-11-28T01:${String(index).padStart(2, '0')}:00`,
      copyOnly: kind === 'copy',
      dataBytes: 512,
    };
    if (letter === 'L') logEnd = lsn + 1n;
    if (kind === 'full') base = checkpoint;
    return { key: `${String((index * 37) % 100).padStart(2, '0')}-${index}-${kind}.bak`, file: readSynthetic(file) };
  });
}

export function readSynthetic(specification: BackupFileSpecification) {
  const bytes = writeBackupFile(specification);
  return readBackup({
    size: bytes.length,
    head: bytes.subarray(0, headBytes),
    tail: bytes.subarray(Math.max(0, bytes.length - tailBytes)),
  });
}

type Verdict = 'restored' | 'too recent' | 'too early' | 'wrong base' | 'not possible';

/** SQL Server's rules for RESTORE … WITH NORECOVERY, decided from headers. Shares no code with the planner. */
export class SqlServer {
  #base: string | null = null;
  #point = 0n;
  #logs = false;

  restore({ file: { header } }: NamedFile): Verdict {
    const last = BigInt(header.lastLsn ?? 0);
    if (header.type === 'full') {
      if (this.#base !== null) return 'not possible';
      this.#base = header.checkpointLsn;
      this.#point = last;
      return 'restored';
    }
    if (this.#base === null) return 'not possible';
    if (header.type === 'differential') {
      if (this.#logs) return 'not possible';
      if (header.databaseBackupLsn !== this.#base) return 'wrong base';
    } else {
      if (BigInt(header.firstLsn ?? 0) > this.#point) return 'too recent';
      if (last < this.#point) return 'too early';
      this.#logs = true;
    }
    if (last > this.#point) this.#point = last;
    return 'restored';
  }

  /**
   * The latest point that any order of these files reaches: each full backup, with each or none of its differentials,
   * then all logs that fit.
   */
  static furthest(files: readonly NamedFile[]): bigint {
    const of = (type: string) => files.filter(({ file }) => file.header.type === type);
    let best = 0n;
    for (const full of of('full'))
      for (const differential of [null, ...of('differential')]) {
        const server = new SqlServer();
        server.restore(full);
        if (differential && server.restore(differential) !== 'restored') continue;
        for (let before = -1n; before !== server.#point; ) {
          before = server.#point;
          for (const log of of('log')) server.restore(log);
        }
        if (server.#point > best) best = server.#point;
      }
    return best;
  }
}
