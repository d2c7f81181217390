import { holdsWord } from '../words.ts';
import type { CreateJob, Outcome, RestoredName } from './job.ts';
import { fileFates, instanceWords, logFates, pacingWords } from './magic.ts';
import { type Chain, type Holdings, namedDatabases, rdsBackupDatabases, sameName, sourceNames } from './target.ts';

/** The SQL Server version of every instance of the sandbox. */
export const instanceVersion = '2019_EE';

interface Failing {
  readonly status: 'FAILED' | 'PRECHECK FAILED';
  readonly errorLog: string;
  /** Progress of the job at the failure, from 0 to 1. */
  readonly at: number;
}

/** How a job that starts now proceeds. `chain`: the chain that a log backup continues. `fate`: magic words of the object store. */
export function outcomeOf(
  request: CreateJob,
  holdings: Holdings,
  chain: Chain | null,
  now: number,
  restoreMs: number,
  fate: readonly string[] = [],
): Outcome {
  const subject = [...fate, subjectOf(request)].join(' ');
  const databases = chain?.databases ?? restoredNames(request);
  const failing = failureOf(request, subject, holdings, databases);
  const takes = restoreMs * (holdsWord(subject, pacingWords.slow) ? 10 : 1) * (failing?.at ?? 1);
  return {
    endsAt:
      holdsWord(subject, pacingWords.stuck) || holdsWord(subject, pacingWords.unknownStatus)
        ? null
        : now + Math.round(takes),
    status: failing?.status ?? 'SUCCESS',
    errorLog: failing?.errorLog ?? null,
    databases,
    spelling: spellingOf(subject),
  };
}

/** The texts that are searched for magic words: object keys, or the id of the RDS backup. */
function subjectOf({ backup_info, target_db_info }: CreateJob): string {
  const keys = backup_info.files.map(({ name, obs_path = '' }) => `${obs_path}/${name}`);
  return [...keys, target_db_info.file_id ?? ''].join(' ');
}

function spellingOf(subject: string): Outcome['spelling'] {
  if (holdsWord(subject, pacingWords.oddStatus)) return 'odd';
  if (holdsWord(subject, pacingWords.unknownStatus)) return 'unknown';
  if (holdsWord(subject, pacingWords.oldSpelling)) return 'old';
  return holdsWord(subject, pacingWords.sparse) ? 'sparse' : 'documented';
}

function failureOf(
  request: CreateJob,
  subject: string,
  holdings: Holdings,
  databases: readonly RestoredName[],
): Failing | null {
  const { target_db_info, backup_info, options } = request;
  const precheck = (errorLog: string): Failing =>
    options.is_precheck ? { status: 'PRECHECK FAILED', errorLog, at: 0.25 } : { status: 'FAILED', errorLog, at: 0.5 };
  const restore = (errorLog: string): Failing => ({ status: 'FAILED', errorLog, at: 0.5 });

  const odd =
    backup_info.file_source === 'OBS' && backup_info.files.find(({ name }) => !/^[\w-]{1,200}\.bak$/i.test(name));
  if (odd) return restore('source database not in backup file list');
  for (const [word, fate] of Object.entries(fileFates)) {
    if (!holdsWord(subject, word) || (logFates.includes(word) && options.recovery_mode === 'full')) continue;
    return fate.foundBy === 'precheck' ? precheck(fate.errorLog) : restore(fate.errorLog);
  }
  const newer = backup_info.files.some(({ rds_version = '' }) => rds_version.slice(0, 4) > instanceVersion.slice(0, 4));
  if (newer) return precheck(fileFates['newer-version']?.errorLog ?? '');
  const absent = namedDatabases(request).some((name) => !rdsBackupDatabases.includes(name));
  if (backup_info.file_source === 'RDS' && absent) return restore('source database not in backup file list');

  const instance = target_db_info.target_instance_id;
  if (holdsWord(instance, instanceWords.storageFull)) return restore(fileFates['no-space']?.errorLog ?? '');
  if (holdsWord(instance, instanceWords.switchover)) {
    return restore('A primary/standby switchover occurred on the destination DB instance. The task cannot be resumed.');
  }
  if (options.recovery_mode !== 'full' || options.is_cover === true) return null;
  if (holdsWord(instance, instanceWords.scratch)) return null;
  const taken = databases.find(({ target }) => [...holdings.databases.keys()].some((name) => sameName(name, target)));
  return taken === undefined
    ? null
    : restore(`The database ${taken.target} already exists on the destination DB instance.`);
}

function restoredNames(request: CreateJob): readonly RestoredName[] {
  const map = new Map(Object.entries(request.options.reset_db_name_map ?? {}));
  return sourceNames(request).map((source) => ({ source, target: map.get('') || map.get(source) || source }));
}
