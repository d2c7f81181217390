type Json = Readonly<Record<string, unknown>>;

/** Descriptions of members by name, used if a schema has none. */
const byName: Readonly<Record<string, string>> = {
  account: 'The configured account.',
  alibaba: 'For Alibaba Cloud.',
  at: 'When it happened.',
  backupId: 'The vendor’s id of the backup.',
  bucket: 'Name of the bucket.',
  checks: 'The single checks; only with `?verbose`.',
  code: 'What it is, from a closed set.',
  createdAt: 'When it was stored.',
  credentials: 'Temporary keys.',
  data: 'What the event tells beside its type.',
  databases: 'The databases and their names on the target; absent: whatever the backup holds.',
  datacontenttype: 'Media type of `data`.',
  description: 'Free text for people.',
  detail: 'The same in a sentence, for people.',
  enabled: 'Whether events are sent.',
  endpoint: 'Host of the object storage.',
  enterpriseProjectId: 'The enterprise project that the job belongs to.',
  error: 'Why it failed; null: it has not.',
  errors: 'The single faults of the request.',
  eventId: 'Id of the event.',
  eventType: 'Type of the event.',
  final: 'Whether the database comes online after this backup.',
  finishedAt: 'When it ended, as far as the vendor tells; null: it has not.',
  help: 'What to do.',
  httpStatus: 'HTTP status of the vendor’s answer; null: it did not come that far.',
  huawei: 'For Huawei Cloud.',
  id: 'Id, sortable by creation.',
  instanceId: 'The vendor’s id of the managed instance.',
  items: 'The page.',
  keys: 'Object keys.',
  labels: 'Labels of the caller, never sent to the vendor.',
  lastAttemptAt: 'When it was last tried; null: not yet.',
  limits: 'Limits in words, by what they limit.',
  max: 'At most.',
  message: 'The vendor’s message, verbatim.',
  method: 'HTTP method.',
  migrationId: 'Id of the migration.',
  min: 'At least.',
  mode: '`full`: one restore, then online. `full_log`, `full_differential`: a chain that rests at `awaiting_backup` until its end.',
  modes: 'Modes that it can.',
  name: 'Name.',
  notes: 'What a person should know although nothing speaks against the request.',
  observedAt: 'When the vendor was last looked at; null: not yet.',
  ok: 'Whether the check passes.',
  operation: 'The vendor’s operation.',
  optional: 'Whether the list may be left out.',
  options: 'How the restore is done; each option works where the provider has it.',
  overwrite: 'Whether a database of the same name is replaced.',
  parameter: 'The query parameter or header at fault.',
  parameters: 'Parameters of the call, masked.',
  pointer: 'JSON pointer (RFC 6901) into the body.',
  problems: 'What speaks against the request; empty: nothing.',
  progress: 'How far it is.',
  progressPercent: 'Whether a percentage is known while it runs.',
  provider: 'The vendor’s own words, where a vendor spoke.',
  providerOptions: 'Settings that only one vendor has.',
  providerRefs: 'The vendor’s ids, verbatim.',
  providerStatus: 'The vendor’s word for the state, verbatim; null: it has said none.',
  regions: 'Regions where it can be used; empty: not limited here.',
  renames: 'How many databases may have `restoreAs`.',
  region: 'The region of the instance.',
  requestId: 'Request id: finds the request in the log, or, of a vendor, in its support.',
  retryable: 'Whether the same request can succeed later without being changed.',
  secretId: 'The id of the temporary key.',
  secretKey: 'The temporary key.',
  since: 'Since when.',
  source: 'Where the backup lies. URLs are shown without their query.',
  sources: 'Kinds of sources that it takes.',
  specversion: 'Version of CloudEvents.',
  startedAt: 'When the vendor accepted the first backup; null: not yet.',
  startsAt: 'From when they work; null: at once.',
  state: 'Where it is in its life.',
  stateReason: 'The code of the first entry of `blocking`, or why it ended; null: nothing stands in the way.',
  status: 'HTTP status, or the state of a probe.',
  submittedAt: 'When the vendor accepted it; null: not yet.',
  tags: 'Tags of the vendor’s job.',
  target: 'Where it is restored to.',
  tencent: 'For Tencent Cloud.',
  time: 'When it happened.',
  title: 'Name for people.',
  token: 'The session token of the temporary key.',
  type: 'What kind it is.',
  updatedAt: 'When it last changed.',
  url: 'The URL, masked where it may hold secrets.',
  urls: 'Signed or public URLs.',
  valid: 'Whether nothing speaks against the request.',
  webhookId: 'Id of the webhook.',
};

/** Descriptions of members whose name alone is ambiguous. */
const byPlace: Readonly<Record<string, string>> = {
  'Backup.type': 'Kind of the backup.',
  'Backup.state': '`queued` goes out when its turn comes; `skipped` was no longer needed.',
  'MigrationRequest.name': 'A name for people; 4 to 50 characters.',
  'Migration.name': 'The name that the caller gave; null: none.',
  'Account.name': 'The name of the account in the configuration.',
  'Problem.type': 'Link to the entry of the catalogue.',
  'Problem.title': 'The same for every problem of the code.',
  'Problem.code': 'What the problem is; the catalogue explains it.',
  'Provider.cancelWhileRestoring': 'Whether a restore that runs can be cancelled.',
  'Backup.header': 'What the file says of itself; null: it was not looked at.',
  'BackupHeader.database': 'The database that was backed up; null: not told.',
  'BackupHeader.firstLsn': 'Log sequence number, in decimal, with which the backup begins; null: not told.',
  'BackupHeader.lastLsn': 'Log sequence number, in decimal, at which the backup ends; null: not told.',
  'BackupHeader.checkpointLsn': 'Log sequence number of its checkpoint; null: not told.',
  'BackupHeader.databaseBackupLsn': 'Checkpoint of the full backup that a differential is based on; null: not told.',
  'BackupHeader.serverVersion': 'Version of the source server, such as `15.0.2000`; null: not told.',
  'BatchResult.items.dryRun': 'What it would do; only of a dry run.',
  'BatchResult.items.migration': 'The migration that was stored.',
  'BatchResult.items.problem': 'Why there is none.',
  'SelectionResult.items.migration': 'The migration as it is now.',
  'SelectionResult.items.problem': 'Why it was not changed.',
  'ForeignTask.databases': 'Names on the target; null: the vendor’s list does not tell.',
  'ForeignTask.detail': 'The vendor’s text, such as the reason of a failure; null: there is none.',
  'ForeignTask.files': 'As the vendor shows them, links without their query; null: its list does not tell.',
  'ForeignTask.mode': 'The mode; null: the vendor’s list does not tell.',
  'ForeignTask.name': 'The vendor’s name of the task; null: it has none.',
  'ForeignTask.state': 'What the vendor’s word means in our vocabulary; null: its list does not tell.',
  'BackupHeader.copyOnly': 'Whether it was made WITH COPY_ONLY; null: not told.',
  'BackupHeader.stripe': 'Which of how many files of one backup it is; null: not told.',
  'BackupHeader.stripe.number': 'Number of this file, from 1.',
  'BackupHeader.stripe.of': 'How many files the backup has.',
  'BackupHeader.sets': 'How many backups the file holds; null: not told.',
  'BackupHeader.form': 'Whether the header could be read.',
  'FeedPage.items.key': 'Key of the object.',
  'FeedPage.items.lastModified': 'When it was uploaded, by the store’s clock; null: not told.',
  'FeedPage.items.verdict': 'What became of it.',
  'FeedPage.items.reason': 'Why, in words; null: it was taken.',
  'FeedPage.items.header': 'What the file says of itself; null: it was not read.',
  'FeedPage.nextPageToken': 'For the next page; null: this was the last.',
  'FeedPage.scannedAt': 'When the folder was last listed; null: not yet.',
  'Inspection.files': 'The files of the folder, or those that were named.',
  'Inspection.files.key': 'Key of the object.',
  'Inspection.files.lastModified': 'When it was uploaded, by the store’s clock; null: not told.',
  'Inspection.files.etag': 'Tells whether the object has changed; it is no checksum. Null: not told.',
  'Inspection.files.storageClass': 'The store’s word for it; null: not told.',
  'Inspection.files.header': 'What the file says of itself; null: it was not read.',
  'Inspection.files.faults': 'What is wrong with the file.',
  'Inspection.chains': 'The chains that the files make, one for each database.',
  'Inspection.chains.database': 'The database that was backed up.',
  'Inspection.chains.gaps': 'Where a file is missing.',
  'Inspection.chains.gaps.after': 'The file before the gap; null: the full backup is missing.',
  'Inspection.chains.gaps.before': 'The file behind the gap.',
  'Migration.progress.behindSeconds':
    'Where a folder is watched: how much older the last restored backup is than the newest one of the chain there; null: not known.',
  'Migration.progress.percent': 'Of the backup that is restored now; null: the vendor tells none.',
  'Migration.progress.backupsTotal': 'Backups in the chain so far.',
  'Migration.progress.backupsRestored': 'Backups that are restored.',
};

const schemas: Readonly<Record<string, string>> = {
  Backup: 'A backup of a migration: the full one, or one that follows it.',
  BackupRequest: 'A further backup of a chain.',
  CutoverRequest: 'How the chain ends.',
  Health: 'The state of this process.',
  InstanceBackupSource: 'A backup that the cloud has made of another instance.',
  Migration: 'The restore of a backup, or of a chain of them, into a managed instance.',
  MigrationPatch: 'What of a migration can be changed.',
  MigrationRequest: 'What is to be restored, and where.',
  ObjectStorageSource: 'Objects of the vendor’s object storage.',
  Options: 'How the restore is done; each option works where the provider has it.',
  RetryRequest: 'What the operator knows; empty: try again.',
  Target: 'The instance, and the databases on it.',
  UploadSource: 'A file that the caller uploads to the vendor’s own bucket.',
  UrlSource: 'Files at signed or public URLs.',
  WebhookPatch: 'What of a webhook can be changed.',
  WebhookRequest: 'Where events are sent, and which.',
};

/** The named schema with a description on every member. */
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
