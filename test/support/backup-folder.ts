import type { CloudName } from '../../src/sandbox/cloud.ts';
import type { BackupFileSpecification } from '../../src/sandbox/object-store/backup-file.ts';
import { historyBuckets } from '../../src/sandbox/object-store/history.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';

/**
 * A source server that writes backups of one database into a folder of an emulated cloud, under names that the cloud
 * accepts.
 */
export class BackupFolder {
  readonly prefix: string;
  readonly bucket: string;
  readonly #sandbox: Pick<Sandbox, 'objects'>;
  readonly #cloud: CloudName;
  readonly #database: string;
  #minute = 0;
  #base = '0';

  constructor(sandbox: Pick<Sandbox, 'objects'>, cloud: CloudName, prefix: string, database = 'orders') {
    this.#sandbox = sandbox;
    this.#cloud = cloud;
    this.prefix = prefix;
    this.bucket = historyBuckets[cloud];
    this.#database = database;
  }

  /** The key of a backup taken in the current minute. */
  keyOf(kind: 'D' | 'I' | 'L', minute: number, final = false): string {
    const two = (value: number) => String(value).padStart(2, '0');
    const stamp = `20261128${two(1 + Math.floor(minute / 60))}${two(minute % 60)}00`;
    if (this.#cloud !== 'tencent')
      return `${this.prefix}${this.#database}_${{ D: 'FULL', I: 'DIFF', L: 'LOG' }[kind]}_${stamp}.bak`;
    const word = { D: 'full', I: 'diff', L: 'log' }[kind];
    return `${this.prefix}${this.#database}_${stamp}_2${word}2_2${final ? '' : 'no'}reconvery2.bak`;
  }

  /** Makes the next backup. `put` uploads it, at once or later. */
  make(kind: 'D' | 'I' | 'L', more: Partial<BackupFileSpecification> & { readonly final?: boolean } = {}) {
    const { final = false, ...changes } = more;
    const lsn = (minute: number) => String(25_000_001_000_000_001n + BigInt(minute) * 10_000_000n);
    const from = this.#minute;
    if (kind === 'L') this.#minute += 15;
    const minute = this.#minute;
    const checkpoint = String(BigInt(lsn(from)) - 400_000n);
    const two = (value: number) => String(value).padStart(2, '0');
    const at = `2026-11-28T${two(1 + Math.floor(minute / 60))}:${two(minute % 60)}:00`;
    const backup: BackupFileSpecification = {
      database: this.#database,
      kind,
      firstLsn: kind === 'L' ? lsn(from) : checkpoint,
      lastLsn: lsn(minute),
      checkpointLsn: checkpoint,
      databaseBackupLsn: this.#base,
      startedAt: at,
      finishedAt: at,
      ...changes,
    };
    if (kind === 'D' && changes.copyOnly !== true) this.#base = backup.checkpointLsn;
    const key = this.keyOf(kind, minute, final);
    const put = (more: { readonly storageClass?: string; readonly key?: string; readonly growsMs?: number } = {}) => {
      this.#sandbox.objects.put(this.#cloud, {
        bucket: this.bucket,
        key,
        putAt: Date.now(),
        content: { backup },
        ...more,
      });
      return more.key ?? key;
    };
    return { key, backup, put };
  }

  putText(name: string, text: string): string {
    const key = `${this.prefix}${name}`;
    this.#sandbox.objects.put(this.#cloud, { bucket: this.bucket, key, putAt: Date.now(), content: { text } });
    return key;
  }
}
