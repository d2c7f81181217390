import type { Backup, Migration, SealedUrl, Source } from '../../domain/migration.ts';
import type { Mode } from '../../domain/vocabulary.ts';
import { percentEncode } from '../kit/percent.ts';

/** Maximum length of `MigrationName` in characters. The console allows letters, digits and underscores. */
const maxNameLength = 60;

/** The `RecoveryType` of a full task. */
export function recoveryType(mode: Mode): 'FULL' | 'FULL_LOG' | 'FULL_DIFF' {
  if (mode === 'full') return 'FULL';
  return mode === 'full_log' ? 'FULL_LOG' : 'FULL_DIFF';
}

/** The `UploadType` of a full task. It also determines how the vendor reads the files of its increments. */
export function uploadType(source: Source): 'COS_URL' | 'COS_UPLOAD' {
  if (source.type === 'adopted') return source.files.every((file) => file.includes('://')) ? 'COS_URL' : 'COS_UPLOAD';
  return source.type === 'upload' ? 'COS_UPLOAD' : 'COS_URL';
}

/**
 * The task's name at the vendor: as much of the migration's name as fits, followed by the backup's id and attempt. The name is unique, and
 * it is the same each time this attempt is sent.
 */
export function migrationName(migration: Migration, backup: Backup): string {
  const sanitize = (text: string) => text.replace(/[^A-Za-z0-9_]/g, '_');
  const tail = `${sanitize(backup.id.replace(/^bkp_/, ''))}_${backup.attempt}`;
  const head = sanitize(migration.name ?? 'godwit').slice(0, Math.max(0, maxNameLength - tail.length - 1));
  return `${head}_${tail}`.slice(-maxNameLength);
}

/** The address of an object in COS. The vendor reads it without our credentials, so the object must be publicly readable. */
function objectUrl(source: Extract<Source, { type: 'object_storage' }>, key: string, region: string): string {
  const host = `${source.bucket}.${source.endpoint ?? `cos.${region}.myqcloud.com`}`;
  return `https://${host}/${key.split('/').map(percentEncode).join('/')}`;
}

/** Decodes encoded slashes in the path of a link, as the vendor requires. Copied links contain them. The query stays unchanged. */
export function plainSlashes(link: string): string {
  const end = link.indexOf('?');
  const path = end === -1 ? link : link.slice(0, end);
  return path.replace(/%2f/gi, '/') + link.slice(path.length);
}

/** The single entry of `BackupFiles`: a link for `COS_URL`, the file name for `COS_UPLOAD`. */
export function backupFile(source: Source, region: string, open: (url: SealedUrl) => string): string {
  if (source.type === 'upload') return source.fileName;
  if (source.type === 'object_storage' && source.keys[0] !== undefined)
    return objectUrl(source, source.keys[0], region);
  if (source.type === 'url' && source.urls[0] !== undefined) return plainSlashes(open(source.urls[0]));
  throw new Error(`a ${source.type} source cannot be translated for tencent`);
}

/** An entry of `DBRename`. */
export interface Rename {
  readonly OldName: string;
  readonly NewName: string;
}

/** `DBRename`: the databases that get another name. */
export function renames(migration: Migration): readonly Rename[] {
  return (migration.target.databases ?? []).flatMap(({ name, restoreAs }) =>
    restoreAs === undefined || restoreAs === name ? [] : [{ OldName: name, NewName: restoreAs }],
  );
}
