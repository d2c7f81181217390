/**
 * The closed catalogues of reasons (`stateReason`, `blocking`: why a migration waits) and of warnings (information for people that stops
 * nothing). The rules of the life cycle, metric labels, OpenAPI enums and the tables of docs/life-cycle.md derive from them. A new code is
 * one entry here.
 */

/**
 * An event that clears reasons. `answer`: the vendor accepted or refused a changing call. `probe`: a probe or an operator established that
 * a call did not arrive. `observation`: the vendor's status was read. `send`: the next call is sent. `account`: the account is configured
 * again. `feed`: the folder was scanned. The others are requests of callers: `opening` is a cutover without a further backup, `cutover` any
 * cutover. A retry clears every reason.
 */
export type Clearing =
  | 'answer'
  | 'probe'
  | 'observation'
  | 'send'
  | 'account'
  | 'add_backup'
  | 'cutover'
  | 'opening'
  | 'uploaded'
  | 'feed'
  | 'cancel';

interface CodeEntry {
  /** What the code means, for people. */
  readonly meaning: string;
  /** What people should do; null: nothing. */
  readonly action: string | null;
}

export interface ReasonEntry extends CodeEntry {
  /** The events that clear the reason. */
  readonly clearedBy: readonly Clearing[];
  /** Whether the reason offers `retry`: always, only while no cancellation is in progress, or never. */
  readonly retry: 'always' | 'unless_cancelling' | 'never';
  /**
   * Whether `cancel` ends the record without a call, because the vendor's side cannot be known: always, only if no call is in doubt, or
   * never.
   */
  readonly cancelEndsRecord: 'always' | 'when_settled' | 'never';
}

/** The catalogue of reasons. */
export const reasonCatalogue = {
  outcome_unknown: {
    meaning:
      'The answer to a changing call is missing, malformed, or an internal error of the vendor. Godwit probes the vendor for the effect of the call and sends nothing until the outcome is known. A call that ends this way `engine.resendTries` times (5), and proves absent each time, counts as refused.',
    action:
      'Nothing at first. When `detail` asks for a decision, check the vendor’s console, then `retry` with `{ "assume": "absent" }` or `{ "adopt": { … } }`.',
    clearedBy: ['answer', 'probe'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  provider_throttled: {
    meaning: 'The vendor asks for fewer calls.',
    action: null,
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  provider_unavailable: {
    meaning: 'The vendor is unreachable or answers with server errors.',
    action: 'Nothing; `retry` tries at once.',
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  provider_busy: {
    meaning:
      'The state of the vendor’s resource forbids the call now. Godwit tries again for `engine.busyMs` (1 h); then the call counts as refused.',
    action: 'Nothing at first. `GET /accounts/{name}/tasks` lists what was started on the instance outside Godwit.',
    clearedBy: ['answer', 'observation'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  provider_auth_failed: {
    meaning:
      'The vendor refuses the credentials, they have expired, or they contain characters that a header cannot carry.',
    action: 'Correct the credentials or permissions of the account, then `retry`, or wait.',
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  clock_refused: {
    meaning:
      'The vendor refuses the time of the signatures, although Godwit signs by the time in the vendor’s own responses.',
    action:
      'Correct the clock of this machine, and check whether a proxy changes `Date` headers; `retry` tries at once.',
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  encryption_key_missing: {
    meaning:
      'A URL of the backup is stored encrypted, and none of the configured keys opens it. Nothing is sent; Godwit tries again every minute.',
    action:
      'Configure the key that `detail` names among `encryption.previousKeys` and restart. If it is lost, `cancel`, and create the migration again.',
    clearedBy: ['send', 'cancel'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  queued_behind_target: {
    meaning:
      'Another migration restores onto the same instance, and the vendor runs one restore per instance at a time.',
    action: 'Nothing: migrations follow in the order of their creation.',
    clearedBy: ['send', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  awaiting_upload: {
    meaning: 'The backup is registered at the vendor. Its file is not uploaded yet.',
    action: '`POST …/upload-target`, upload the file, `POST …/uploaded`.',
    clearedBy: ['uploaded', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  backup_failed: {
    meaning: 'A backup of a chain failed or was refused. The chain itself is intact.',
    action:
      'Add a corrected backup, which takes its place; or remove the cause and `retry`; or `DELETE …/backups/{id}`; or, at Alibaba, `cutover` without it.',
    clearedBy: ['add_backup', 'opening', 'cancel'],
    retry: 'unless_cancelling',
    cancelEndsRecord: 'never',
  },
  backup_outcome_unknown: {
    meaning:
      'The vendor waits for the next backup of the chain, but its list of files lacks the last one that was sent.',
    action:
      'Check the instance; then `retry` with `{ "assume": "absent" }`, which sends it again as a new attempt, or with `{ "adopt": { … } }` and the ids of the chain, which counts it as restored.',
    clearedBy: ['answer', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  cutover_refused: {
    meaning: 'The vendor refused to open the database.',
    action: 'Remove the cause that `detail` names, then `retry` or `cutover`; or add a further backup.',
    clearedBy: ['add_backup', 'cutover', 'opening', 'cancel'],
    retry: 'unless_cancelling',
    cancelEndsRecord: 'never',
  },
  unrecognized_provider_status: {
    meaning: 'The vendor reports a status that its documentation lacks.',
    action:
      'Nothing; report the status if it stays. `retry` observes again at once. `cancel` goes to a vendor that can cancel; a second `cancel`, and at other vendors the first, ends the record.',
    clearedBy: ['observation'],
    retry: 'always',
    cancelEndsRecord: 'when_settled',
  },
  stalled: {
    meaning:
      'Nothing has changed at the vendor for `engine.stallMs` (6 h), or the vendor accepted a cancellation and does not carry it out.',
    action:
      'Check the vendor’s console. `retry` observes again at once; `cancel` works as for `unrecognized_provider_status`.',
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'always',
  },
  missing_at_provider: {
    meaning: 'The vendor no longer lists the task; somebody may have deleted it in the console.',
    action: 'Check the instance. `retry` observes again at once; `cancel` ends the record.',
    clearedBy: ['observation'],
    retry: 'unless_cancelling',
    cancelEndsRecord: 'when_settled',
  },
  awaiting_backup_file: {
    meaning: 'The watched folder contains no usable full backup yet.',
    action: 'Upload one. `GET …/feed` says why each file in the folder is not usable.',
    clearedBy: ['feed', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  log_chain_gap: {
    meaning:
      'A file of the chain is missing in the watched folder, and the files after it wait. Godwit takes the missing file when it appears.',
    action: 'Upload the missing file between the two that `detail` names.',
    clearedBy: ['feed', 'cutover', 'opening', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  feed_unreadable: {
    meaning: 'Godwit cannot list the watched folder.',
    action: 'Give the account the permission that `detail` names. Godwit lists the folder again automatically.',
    clearedBy: ['feed', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  account_not_configured: {
    meaning:
      'The configuration no longer has the account that the migration began with: the name is missing, or stands for another provider, endpoint or project. Godwit cannot call the vendor for this migration.',
    action:
      'Put the account back; or `cancel`, which ends the record without a call, also while an earlier cancellation is under way.',
    clearedBy: ['account'],
    retry: 'never',
    cancelEndsRecord: 'always',
  },
} as const satisfies Record<string, ReasonEntry>;

/** A code of `stateReason` and `blocking`. */
export type Reason = keyof typeof reasonCatalogue;
export const reasons = Object.keys(reasonCatalogue) as readonly Reason[];

/** The catalogue entry of a reason. */
export const reasonEntry = (code: Reason): ReasonEntry => reasonCatalogue[code];

/** The reasons that an event clears. */
export function clearedBy(event: Clearing): readonly Reason[] {
  return reasons.filter((code) => reasonEntry(code).clearedBy.includes(event));
}

/** The catalogue of warnings. */
export const warningCatalogue = {
  backup_not_checked: {
    meaning: 'Godwit submitted a backup file unchecked, because it could not read the file or its object store.',
    action: 'Give the account the permissions that `detail` names, or check the file by hand.',
  },
  backup_doubtful: {
    meaning: 'The check of a backup file found something doubtful. Godwit submitted the file all the same.',
    action: 'Compare the file with what `detail` says.',
  },
  backup_file_changed: {
    meaning: 'A file of the watched folder changed after Godwit had taken it. It is not sent again.',
    action: 'Make sure that nobody overwrites backups. If the restored data is in doubt, start again.',
  },
  foreign_task_running: {
    meaning: 'The vendor shows a task on the instance that was begun outside Godwit and has not ended.',
    action:
      'Wait for it, or check in the vendor’s console whether both may run; `GET /accounts/{name}/tasks` lists it. `adopt` takes it over.',
  },
  vendor_outcome_unknown: {
    meaning: 'The record ended before the vendor’s outcome was known. A restore may still run there.',
    action: 'Check the instance before its databases are used.',
  },
  half_restored_database: {
    meaning: 'A cancellation may have left a database in the state RESTORING.',
    action: 'Drop it before its name is used again.',
  },
  left_behind: {
    meaning: 'Godwit could not delete what a refused submission had registered at the vendor.',
    action: 'Delete it in the vendor’s console.',
  },
  cancel_refused: {
    meaning: 'The vendor refused to cancel, and the restore continues.',
    action: 'Cancel again later, or let it end.',
  },
  accepted_after_all: {
    meaning: 'The vendor has accepted a call that was presumed lost and had been sent again.',
    action: 'Check the vendor for a second task and end it there.',
  },
  opened_before_queue_was_empty: {
    meaning: 'The vendor opened the database while backups were queued. Those backups were not restored.',
    action: 'Check whether the data is as new as expected.',
  },
  opened_elsewhere: {
    meaning: 'Somebody opened the database at the vendor, outside Godwit.',
    action: 'Check whether the data is as new as expected.',
  },
  backup_out_of_order: {
    meaning: 'The time in a file’s name is older than that of the backup before it.',
    action: 'Check the order; while the backup is queued, `DELETE …/backups/{id}` removes it.',
  },
  consistency_check_failed: {
    meaning: 'The vendor’s check of the restored database found errors.',
    action: 'Run DBCC CHECKDB.',
  },
  consistency_check_passed: {
    meaning: 'The vendor’s check of the restored database found no errors.',
    action: null,
  },
  database_without_owner: {
    meaning: 'The instance had no initial account, so the database has no owner.',
    action: 'Create an account and make it the owner.',
  },
  backup_not_listed: {
    meaning: 'The vendor’s list of files lacks a backup. It is unknown whether the vendor restored it.',
    action: 'Check the vendor’s console.',
  },
  provider_flow_status: {
    meaning: 'The vendor’s workflow reports its own status beside an undocumented one.',
    action: null,
  },
  provider_message: { meaning: 'A remark of the vendor, verbatim.', action: null },
  provider_note: { meaning: 'A remark of the vendor, explained by Godwit.', action: null },
} as const satisfies Record<string, CodeEntry>;

/** A code of `warnings`. */
export type Warning = keyof typeof warningCatalogue;
export const warnings = Object.keys(warningCatalogue) as readonly Warning[];
