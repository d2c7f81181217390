type Json = Readonly<Record<string, unknown>>;

/** Descriptions of members by name, used if a schema has none of its own. */
const byName: Readonly<Record<string, string>> = {
  account: 'The configured account.',
  alibaba: 'For Alibaba Cloud.',
  at: 'When it happened.',
  backupId: 'The vendor’s id of the backup.',
  bucket: 'Name of the bucket.',
  checks: 'The individual checks; only with `?verbose`.',
  code: 'A code from a closed set.',
  createdAt: 'When it was stored.',
  credentials: 'Temporary keys.',
  data: 'The data of the event.',
  databases: 'The databases and their names on the target; absent: all databases in the backup.',
  datacontenttype: 'Media type of `data`.',
  description: 'Free text for people.',
  detail: 'An explanation for people.',
  enabled: 'Whether events are sent.',
  endpoint: 'Host of the object storage.',
  enterpriseProjectId: 'The enterprise project that the job belongs to.',
  error: 'Why it failed; null: it has not failed.',
  errors: 'The individual faults of the request.',
  eventId: 'Id of the event.',
  eventType: 'Type of the event.',
  final: 'Whether the database comes online after this backup.',
  finishedAt: 'When it ended, as far as the vendor reports it; null: it has not ended.',
  help: 'What to do.',
  httpStatus: 'HTTP status of the vendor’s answer; null: there was none.',
  huawei: 'For Huawei Cloud.',
  id: 'Id, sortable by creation.',
  instanceId: 'The vendor’s id of the managed instance.',
  items: 'The page.',
  keys: 'Object keys.',
  labels: 'Labels of the caller, never sent to the vendor.',
  lastAttemptAt: 'When it was last attempted; null: not yet.',
  limits: 'Other limits, as texts.',
  max: 'At most.',
  message: 'The vendor’s message, verbatim.',
  method: 'HTTP method.',
  migrationId: 'Id of the migration.',
  min: 'At least.',
  mode: '`full`: one restore, then online. `full_log`, `full_differential`: a chain that waits at `awaiting_backup` until its end.',
  modes: 'Supported modes.',
  name: 'Name.',
  notes: 'Information for people that does not prevent the request.',
  observedAt: 'When it was last observed at the vendor; null: not yet.',
  ok: 'Whether the check passes.',
  operation: 'The vendor’s operation.',
  optional: 'Whether the list may be omitted.',
  options: 'Options of the restore; each works only if the provider supports it.',
  overwrite: 'Whether a database of the same name is replaced.',
  parameter: 'The faulty query parameter or header.',
  parameters: 'Parameters of the call, masked.',
  pointer: 'JSON pointer (RFC 6901) into the body.',
  problems: 'The problems of the request; empty: none.',
  progress: 'The progress of the restore.',
  progressPercent: 'Whether a percentage is known while it runs.',
  provider: 'The vendor’s own words, if a vendor rejected the call.',
  providerOptions: 'Settings that only one vendor has.',
  providerRefs: 'The vendor’s ids, verbatim.',
  providerStatus: 'The vendor’s status, verbatim; null: none was reported.',
  regions: 'Supported regions; empty: not restricted.',
  renames: 'How many databases may have `restoreAs`.',
  region: 'The region of the instance.',
  requestId: 'Request id, to find the request in the log, or, for a vendor’s id, to quote to its support.',
  retryable: 'Whether the same request can succeed later without being changed.',
  secretId: 'The id of the temporary key.',
  secretKey: 'The temporary key.',
  since: 'Since when.',
  source: 'Location of the backup. URLs are shown without their query.',
  sources: 'Supported kinds of sources.',
  specversion: 'Version of CloudEvents.',
  startedAt: 'When the vendor accepted the first backup; null: not yet.',
  startsAt: 'When they become valid; null: at once.',
  state: 'Its state.',
  stateReason: 'The code of the first entry of `blocking`, or why it ended; null: nothing blocks it.',
  status: 'HTTP status, or the state of a probe.',
  submittedAt: 'When the vendor accepted it; null: not yet.',
  tags: 'Tags of the vendor’s job.',
  target: 'The target of the restore.',
  tencent: 'For Tencent Cloud.',
  time: 'When it happened.',
  title: 'Name for people.',
  token: 'The session token of the temporary key.',
  type: 'Its kind.',
  updatedAt: 'When it last changed.',
  url: 'The URL with secrets masked.',
  urls: 'Signed or public URLs.',
  valid: 'Whether the request is possible.',
  webhookId: 'Id of the webhook.',
};

/** Descriptions of members by path, where the name alone is ambiguous. */
const byPlace: Readonly<Record<string, string>> = {
  'Backup.type': 'Kind of the backup.',
  'Backup.state': '`queued` waits for its turn; `skipped` was no longer needed.',
  'MigrationRequest.name': 'A name for people; 4 to 50 characters.',
  'Migration.name': 'The caller’s name for it; null: none.',
  'Account.name': 'The name of the account in the configuration.',
  'Problem.type': 'Link to the entry of the catalogue.',
  'Problem.title': 'The same for every problem of the code.',
  'Problem.code': 'What the problem is; the catalogue explains it.',
  'Provider.cancelWhileRestoring': 'Whether a running restore can be cancelled.',
  'Backup.header': 'The header of the file; null: it was not read.',
  'BackupHeader.database': 'The database that was backed up; null: unknown.',
  'BackupHeader.firstLsn': 'Log sequence number, in decimal, at which the backup starts; null: unknown.',
  'BackupHeader.lastLsn': 'Log sequence number, in decimal, at which the backup ends; null: unknown.',
  'BackupHeader.checkpointLsn': 'Log sequence number of its checkpoint; null: unknown.',
  'BackupHeader.databaseBackupLsn': 'Checkpoint of the full backup that a differential is based on; null: unknown.',
  'BackupHeader.serverVersion': 'Version of the source server, such as `15.0.2000`; null: unknown.',
  'BatchResult.items.dryRun': 'The effect of the item; only in a dry run.',
  'BatchResult.items.migration': 'The migration that was stored.',
  'BatchResult.items.problem': 'Why there is no migration.',
  'SelectionResult.items.migration': 'The current migration.',
  'SelectionResult.items.problem': 'Why it was not changed.',
  'ForeignTask.databases': 'Names on the target; null: the vendor’s list lacks them.',
  'ForeignTask.detail': 'The vendor’s text, such as the reason of a failure; null: there is none.',
  'ForeignTask.files': 'As the vendor shows them, links without their query; null: its list lacks them.',
  'ForeignTask.mode': 'The mode; null: the vendor’s list lacks it.',
  'ForeignTask.name': 'The vendor’s name of the task; null: it has none.',
  'ForeignTask.state': 'The vendor’s status as a state of Godwit; null: its list lacks it.',
  'BackupHeader.copyOnly': 'Whether it was made WITH COPY_ONLY; null: unknown.',
  'BackupHeader.stripe': 'The position of this stripe and the number of stripes; null: unknown.',
  'BackupHeader.stripe.number': 'Number of this file, from 1.',
  'BackupHeader.stripe.of': 'Number of stripes of the backup.',
  'BackupHeader.sets': 'Number of backups in the file; null: unknown.',
  'BackupHeader.form': 'Whether the header could be read.',
  'FeedPage.items.key': 'Key of the object.',
  'FeedPage.items.lastModified': 'When it was uploaded, by the store’s clock; null: unknown.',
  'FeedPage.items.verdict': 'The result for the file.',
  'FeedPage.items.reason': 'The reason, in words; null: it was taken.',
  'FeedPage.items.header': 'The header of the file; null: it was not read.',
  'FeedPage.nextPageToken': 'For the next page; null: this was the last.',
  'FeedPage.scannedAt': 'When the folder was last listed; null: not yet.',
  'Inspection.files': 'The files of the folder, or the named files.',
  'Inspection.files.key': 'Key of the object.',
  'Inspection.files.lastModified': 'When it was uploaded, by the store’s clock; null: unknown.',
  'Inspection.files.etag': 'Shows whether the object has changed; it is not a checksum. Null: unknown.',
  'Inspection.files.storageClass': 'The store’s name for it; null: unknown.',
  'Inspection.files.header': 'The header of the file; null: it was not read.',
  'Inspection.files.faults': 'The faults of the file.',
  'Inspection.chains': 'The chains in these files, one per database.',
  'Inspection.chains.database': 'The database that was backed up.',
  'Inspection.chains.gaps': 'The gaps in the chain.',
  'Inspection.chains.gaps.after': 'The file before the gap; null: the full backup is missing.',
  'Inspection.chains.gaps.before': 'The file behind the gap.',
  'Migration.progress.behindSeconds':
    'For a watched folder: how much older the last restored backup is than the newest one of the chain in the folder; null: unknown.',
  'Migration.progress.percent': 'Of the backup that is being restored; null: the vendor reports none.',
  'Migration.progress.backupsTotal': 'Backups in the chain so far.',
  'Migration.progress.backupsRestored': 'Restored backups.',
};

const schemas: Readonly<Record<string, string>> = {
  Backup: 'A backup of a migration: the full one, or one that follows it.',
  BackupRequest: 'An additional backup of a chain.',
  CutoverRequest: 'How the chain ends.',
  Health: 'The state of this process.',
  InstanceBackupSource: 'A backup that the cloud made of another instance.',
  Migration: 'The restore of a backup, or of a chain of them, into a managed instance.',
  MigrationPatch: 'The changeable members of a migration.',
  MigrationRequest: 'What to restore, and where.',
  ObjectStorageSource: 'Objects of the vendor’s object storage.',
  Options: 'Options of the restore; each works only if the provider supports it.',
  RetryRequest: 'The operator’s decision; empty: retry.',
  Target: 'The instance, and the databases on it.',
  UploadSource: 'A file that the caller uploads to the vendor’s own bucket.',
  UrlSource: 'Files at signed or public URLs.',
  WebhookPatch: 'The changeable members of a webhook.',
  WebhookRequest: 'The receiver of events, and their selection.',
};

/** The schema with a description of its own and of every known member. */
export function described(name: string, schema: Json): Json {
  const words = schema.description ?? schemas[name] ?? (name.endsWith('Page') ? 'A page of a list.' : inWords(name));
  return { ...describedMembers(name, schema), description: words };
}

/** `RotateSecretRequest` as `Rotate secret request.` */
function inWords(name: string): string {
  const words = name.replaceAll(/(?<=[a-z])([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words}.`;
}

function describedMembers(place: string, value: unknown): Json {
  const { properties, items, additionalProperties, anyOf, oneOf, ...rest } = value as Json;
  return {
    ...rest,
    ...(anyOf !== undefined && { anyOf: each(place, anyOf) }),
    ...(oneOf !== undefined && { oneOf: each(place, oneOf) }),
    ...(items !== undefined && { items: describedMembers(place, items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isObject(additionalProperties)
        ? describedMembers(place, additionalProperties)
        : additionalProperties,
    }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Readonly<Record<string, Json>>).map(([member, schema]) => {
          const at = `${place}.${member}`;
          const words = schema.description ?? byPlace[at] ?? byName[member];
          return [member, { ...describedMembers(at, schema), ...(words !== undefined && { description: words }) }];
        }),
      ),
    }),
  };
}

function each(place: string, branches: unknown): readonly Json[] {
  return (branches as readonly unknown[]).map((branch) => describedMembers(place, branch));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
