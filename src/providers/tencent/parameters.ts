import type { Backup, Migration, SealedUrl, Source } from '../../domain/migration.ts';
import type { Mode } from '../../domain/vocabulary.ts';
import { percentEncode } from '../kit/percent.ts';

/** Longest `MigrationName` (console rule: letters, digits and underscore). */
const maxNameLength = 60;

/** `RecoveryType` of a full task. */
export function recoveryType(mode: Mode): 'FULL' | 'FULL_LOG' | 'FULL_DIFF' {
  if (mode === 'full') return 'FULL';
  return mode === 'full_log' ? 'FULL_LOG' : 'FULL_DIFF';
}

/** `UploadType`; a child's file is read according to that of its parent. */
export function uploadType(source: Source): 'COS_URL' | 'COS_UPLOAD' {
  if (source.type === 'adopted') return source.files.every((file) => file.includes('://')) ? 'COS_URL' : 'COS_UPLOAD';
  return source.type === 'upload' ? 'COS_UPLOAD' : 'COS_URL';
}

/**
 * The task's name at the vendor: the migration's name as far as it fits, then the backup's id and attempt, which make it unique
 * and the same again when the same attempt is sent again.
 */
export function migrationName(migration: Migration, backup: Backup): string {
  const sanitize = (text: string) => text.replace(/[^A-Za-z0-9_]/g, '_');
  const tail = `${sanitize(backup.id.replace(/^bkp_/, ''))}_${backup.attempt}`;
  const head = sanitize(migration.name ?? 'godwit').slice(0, Math.max(0, maxNameLength - tail.length - 1));
  return `${head}_${tail}`.slice(-maxNameLength);
}

/** Address of an object in COS. The vendor reads it without our credentials, so it must be publicly readable. */
function objectUrl(source: Extract<Source, { type: 'object_storage' }>, key: string, region: string): string {
  const host = `${source.bucket}.${source.endpoint ?? `cos.${region}.myqcloud.com`}`;
  return `https://${host}/${key.split('/').map(percentEncode).join('/')}`;
}

/** A link in the vendor's form: encoded slashes of the path decoded (copied links contain them), the query unchanged. */
export function plainSlashes(link: string): string {
  const end = link.indexOf('?');
  const path = end === -1 ? link : link.slice(0, end);
  return path.replace(/%2f/gi, '/') + link.slice(path.length);
}

/** The one entry of `BackupFiles`: a link for `COS_URL`, the file's name for `COS_UPLOAD`. */
export function backupFile(source: Source, region: string, open: (url: SealedUrl) => string): string {
  if (source.type === 'upload') return source.fileName;
  if (source.type === 'object_storage' && source.keys[0] !== undefined)
    return objectUrl(source, source.keys[0], region);
  if (source.type === 'url' && source.urls[0] !== undefined) return plainSlashes(open(source.urls[0]));
  throw new Error(`a ${source.type} source cannot be translated for tencent`);
}

export interface Rename {
  readonly OldName: string;
  readonly NewName: string;
}

/** `DBRename`: only the databases that get another name. */
export function renames(migration: Migration): readonly Rename[] {
  return (migration.target.databases ?? []).flatMap(({ name, restoreAs }) =>
    restoreAs === undefined || restoreAs === name ? [] : [{ OldName: name, NewName: restoreAs }],
  );
}
