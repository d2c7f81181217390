import type { Finding, ProbeInput } from '../../domain/provider.ts';
import type { Dialogue } from '../../domain/vendor.ts';
import { listRequest, maxPages, pageSize, readPage } from './jobs.ts';
import { jobName } from './name.ts';
import { optionsOf } from './options.ts';

interface Search {
  readonly ids: ReadonlySet<string>;
  /** Whether the list was read to its end and every matching row was readable. Only then does an empty result prove absence. */
  readonly complete: boolean;
}

/**
 * Probes whether the job of a backup was created, by its name (ListReplicationJobs page drs_03_0284). The vendor matches names loosely, so
 * they are compared here. A configured enterprise project is searched first, because a user may see jobs only inside it.
 */
export function* findJob({ migration, backup, taken }: ProbeInput): Dialogue<Finding> {
  if (backup === null) throw new Error(`${migration.id}: only the job of a backup can be looked for`);
  const name = jobName(migration, backup);
  const enterpriseProject = optionsOf(migration).enterpriseProjectId;
  const scopes = enterpriseProject === undefined ? [[]] : [[['enterprise_project_id', enterpriseProject] as const], []];

  let complete = true;
  for (const scope of scopes) {
    const search = yield* searchByName(name, scope);
    const [jobId, ...others] = search.ids;
    if (others.length > 0) return { found: 'unclear', detail: `Huawei Cloud has several jobs named ${name}.` };
    if (jobId !== undefined)
      return taken.has(jobId)
        ? { found: 'unclear', detail: `The job ${jobId} named ${name} already belongs to another backup.` }
        : { found: 'yes', refs: { jobId } };
    complete &&= search.complete;
  }
  if (complete) return { found: 'no' };
  return {
    found: 'unclear',
    detail: `The list of jobs named ${name} is incomplete, so the job may be missing from it.`,
  };
}

function* searchByName(name: string, scope: readonly (readonly [string, string])[]): Dialogue<Search> {
  const ids = new Set<string>();
  let readable = true;
  let seen = 0;
  for (let page = 0; page < maxPages; page++) {
    const { jobs, rows, total } = readPage(yield listRequest([['name', name], ...scope], seen));
    seen += rows;
    if (jobs.length < rows) readable = false;
    for (const job of jobs) {
      if (job.id !== null && job.name === name) ids.add(job.id);
      else if (job.name === null || job.name === name) readable = false;
    }
    const enough = total !== null && seen >= total;
    if (rows === 0 || (rows < pageSize && enough)) return { ids, complete: readable && (total === null || enough) };
  }
  return { ids, complete: false };
}
