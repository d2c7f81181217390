import { holdsWord } from '../words.ts';
import type { CreateJob } from './job.ts';
import { backupWords, instanceWords } from './magic.ts';
import { badParameter, drsFailure, type Failure } from './reply.ts';
import { namedDatabases, sameName } from './target.ts';

const reserved = ['msdb', 'master', 'model', 'tempdb', 'rdsadmin', 'resource'];

const unusable = [instanceWords.notFound, backupWords.building, backupWords.failed];

/**
 * Checks the rules between fields of a create request, which a schema cannot express (Creating a Backup Migration Task page; the limits of
 * the console where the page states none). Returns the first violation, or null.
 */
export function checkCreate(request: CreateJob): Failure | null {
  return (
    checkTags(request) ??
    (request.backup_info.file_source === 'OBS' ? checkObs(request) : checkRds(request)) ??
    checkDatabaseNames(request) ??
    (request.backup_info.file_source === 'OBS' ? checkObsNameMap(request) : checkRdsNameMap(request))
  );
}

function checkTags({ base_info }: CreateJob): Failure | null {
  const keys = (base_info.tags ?? []).map(({ key }) => key);
  return new Set(keys).size < keys.length ? drsFailure(400, 'M00269', 'The tag key is duplicate.') : null;
}

function checkObs({ backup_info, target_db_info }: CreateJob): Failure | null {
  const bucket = backup_info.bucket_name;
  if (bucket === undefined) return badParameter('backup_info.bucket_name', true);
  if (/^\d+(\.\d+){3}$/.test(bucket) || bucket.includes('..')) return badParameter('backup_info.bucket_name');
  if ((target_db_info.file_id ?? '') !== '') return badParameter('target_db_info.file_id');
  for (const [index, file] of backup_info.files.entries()) {
    const at = `backup_info.files.${index}`;
    if (file.name === '') return badParameter(`${at}.name`, true);
    if (file.name.includes('/')) return badParameter(`${at}.name`);
    // The service requires the member even for the root of the bucket, where it is empty.
    if (file.obs_path === undefined) return badParameter(`${at}.obs_path`, true);
    if (file.obs_path.startsWith('/')) return badParameter(`${at}.obs_path`);
    if ((file.rds_version ?? '') !== '') return badParameter(`${at}.rds_version`);
    if ((file.rds_source_instance_id ?? '') !== '') return badParameter(`${at}.rds_source_instance_id`);
  }
  const places = backup_info.files.map(({ name, obs_path }) => `${obs_path} ${name}`);
  return new Set(places).size < places.length ? badParameter('backup_info.files') : null;
}

function checkRds({ backup_info, target_db_info, options }: CreateJob): Failure | null {
  const [file, ...others] = backup_info.files;
  if (file === undefined) return badParameter('backup_info.files', true);
  if (others.length > 0) return badParameter('backup_info.files');
  const id = target_db_info.file_id ?? '';
  if (id === '') return badParameter('target_db_info.file_id', true);
  if (!/^[0-9A-Za-z_-]+br04$/.test(id) || unusable.some((word) => holdsWord(id, word))) {
    return badParameter('target_db_info.file_id');
  }
  if ((backup_info.bucket_name ?? '') !== '') return badParameter('backup_info.bucket_name');
  const version = file.rds_version ?? '';
  if (version === '') return badParameter('backup_info.files.0.rds_version', true);
  if (!/^20\d\d(R2)?_(EE|SE|WEB)$/.test(version)) return badParameter('backup_info.files.0.rds_version');
  const source = file.rds_source_instance_id ?? '';
  if (source === '') return badParameter('backup_info.files.0.rds_source_instance_id', true);
  if (!isSqlServerInstance(source)) return badParameter('backup_info.files.0.rds_source_instance_id');
  if (options.recovery_mode !== 'full') return badParameter('options.recovery_mode');
  return options.is_last_backup ? null : badParameter('options.is_last_backup');
}

function checkDatabaseNames(request: CreateJob): Failure | null {
  const names = request.options.db_names ?? [];
  const chosen = namedDatabases(request);
  if (request.options.is_default_restore === false) {
    if (chosen.length === 0) return badParameter('options.db_names', true);
    if (chosen.length < names.length) return badParameter('options.db_names');
  }
  if (names.some(isReserved) || new Set(names).size < names.length) return badParameter('options.db_names');
  return null;
}

/** For OBS files, the key is the empty string, and only a single database that is restored completely can be renamed. */
function checkObsNameMap({ backup_info, options }: CreateJob): Failure | null {
  const entries = Object.entries(options.reset_db_name_map ?? {});
  if (entries.length === 0) return null;
  const renameable =
    entries.length === 1 &&
    entries[0]?.[0] === '' &&
    backup_info.files.length === 1 &&
    options.recovery_mode === 'full' &&
    options.is_last_backup &&
    options.is_default_restore !== false;
  const fits = entries.every(([, value]) => isNewName(value, 128));
  return renameable && fits ? null : badParameter('options.reset_db_name_map');
}

/** For RDS backups, the keys are the original names. An empty value keeps the name. */
function checkRdsNameMap(request: CreateJob): Failure | null {
  const map = new Map(Object.entries(request.options.reset_db_name_map ?? {}));
  const chosen = namedDatabases(request);
  const results = chosen.map((name) => map.get(name) || name);
  const fits =
    [...map.keys()].every((name) => chosen.includes(name)) &&
    [...map.values()].every((value) => value === '' || isNewName(value, 64)) &&
    results.every((name, index) => results.findIndex((other) => sameName(other, name)) === index);
  return fits ? null : badParameter('options.reset_db_name_map');
}

function isNewName(name: string, longest: number): boolean {
  return name.length <= longest && /^[A-Za-z0-9_-]+$/.test(name) && !isReserved(name);
}

function isReserved(name: string): boolean {
  return reserved.includes(name.toLowerCase());
}

/** Whether an id belongs to a SQL Server instance. RDS instance ids end in `in` and the number of the engine, which is 04. */
export function isSqlServerInstance(instanceId: string): boolean {
  return /^[0-9A-Za-z_-]+in04$/.test(instanceId);
}
