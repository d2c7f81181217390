import { type Backup, type Database, type Migration, restoredName, type Source } from '../../domain/migration.ts';
import { jobName } from './name.ts';
import { optionsOf } from './options.ts';

/** Splits an object key as the vendor expects it: the folder with its trailing slash (empty for the root of the bucket), and the file name. */
export function splitKey(key: string): { readonly obs_path: string; readonly name: string } {
  const slash = key.lastIndexOf('/') + 1;
  return { obs_path: key.slice(0, slash), name: key.slice(slash) };
}

/**
 * Removes the characters that the vendor's console forbids in a description and cuts it at 256 characters. It keeps apostrophes, because an
 * example of the vendor contains one.
 */
export function presentableDescription(description: string | null): string {
  const allowed = (description ?? '').replace(/[!=<>&"\\]/g, '').replace(/(?<!\s)\s*\p{Cc}\s*/gu, ' ');
  return [...allowed.trim()].slice(0, 256).join('').trim();
}

/** Whether the restore gives the database another name. */
export function isRenamed(database: Database): boolean {
  return restoredName(database) !== database.name;
}

/**
 * Builds the body of `CreateReplicationJob` (page drs_03_0283). `is_last_backup: true` brings the database online. The text of the page
 * says the opposite for the last increment; its example, the user guide and the FAQ agree with this reading.
 */
export function jobBody(migration: Migration, backup: Backup): unknown {
  const { source } = backup;
  const common = {
    recovery_mode: backup.type === 'full' ? 'full' : 'incre',
    is_last_backup: backup.final || (backup.type === 'full' && migration.mode === 'full'),
    is_precheck: migration.options.precheck ?? true,
  };
  switch (source.type) {
    case 'object_storage':
      return {
        base_info: baseInfo(migration, backup),
        target_db_info: {
          target_instance_id: migration.target.instanceId,
          ms_file_stream_status: fileStreamStatus(migration) ?? 'off',
          file_id: '',
        },
        backup_info: {
          file_source: 'OBS',
          bucket_name: source.bucket,
          files: source.keys.map(splitKey),
        },
        options: { ...common, ...objectOptions(migration, backup) },
      };
    case 'instance_backup':
      return {
        base_info: baseInfo(migration, backup),
        target_db_info: {
          target_instance_id: migration.target.instanceId,
          ...present('ms_file_stream_status', fileStreamStatus(migration)),
          file_id: source.backupId,
        },
        backup_info: { file_source: 'RDS', files: [instanceFile(source)] },
        options: { ...common, ...instanceOptions(migration) },
      };
    default:
      throw new Error(`${migration.id}: a source of type ${source.type} cannot be sent to Huawei Cloud`);
  }
}

function baseInfo(migration: Migration, backup: Backup): object {
  const { enterpriseProjectId, tags } = optionsOf(migration);
  const description = presentableDescription(migration.description);
  return {
    name: jobName(migration, backup),
    engine_type: 'sqlserver',
    ...present('description', description === '' ? undefined : description),
    ...present('enterprise_project_id', enterpriseProjectId),
    ...present('tags', tags && Object.entries(tags).map(([key, value]) => ({ key, value }))),
  };
}

/** Options for files in a bucket: all databases of the files, or the named ones. Only the database of a single file may be renamed. */
function objectOptions(migration: Migration, backup: Backup): object {
  const named = migration.target.databases ?? [];
  const renamed = named.find(isRenamed);
  const all = named.length === 0 || renamed !== undefined;
  return {
    // An increment continues the database that the full backup created, so it always overwrites.
    is_cover: backup.type === 'full' ? migration.target.overwrite : true,
    is_default_restore: all,
    is_delete_backup_file: !(migration.options.keepDownloadedFiles ?? false),
    ...(all ? {} : { db_names: named.map((database) => database.name) }),
    // The empty key stands for the only database of the file.
    reset_db_name_map: renamed === undefined ? {} : { '': restoredName(renamed) },
  };
}

/** Options for a backup of another instance. The map contains every database; an empty value keeps the name. */
function instanceOptions(migration: Migration): object {
  const named = migration.target.databases ?? [];
  const { keepDownloadedFiles } = migration.options;
  return {
    ...(migration.target.overwrite ? { is_cover: true } : {}),
    ...present('is_delete_backup_file', keepDownloadedFiles === undefined ? undefined : !keepDownloadedFiles),
    ...(named.length === 0
      ? { is_default_restore: true }
      : {
          db_names: named.map((database) => database.name),
          reset_db_name_map: Object.fromEntries(
            named.map((database) => [database.name, isRenamed(database) ? restoredName(database) : '']),
          ),
        }),
  };
}

function instanceFile(source: Extract<Source, { type: 'instance_backup' }>): object {
  return { name: '', obs_path: '', rds_version: source.engineVersion, rds_source_instance_id: source.instanceId };
}

function fileStreamStatus(migration: Migration): 'on' | 'off' | undefined {
  const fileStream = optionsOf(migration).fileStream;
  return fileStream === undefined ? undefined : fileStream ? 'on' : 'off';
}

function present(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}
