/**
 * The closed catalogue of what a migration says about itself beside its state: why it does not move (`stateReason`, `blocking`), and what a
 * person should know although nothing is wrong with it (`warnings`). The rules of the life cycle, the metric's labels, the enums of the OpenAPI
 * document and the tables of docs/life-cycle.md are made from it. A new code is one entry here.
 */

/**
 * What takes a reason away.
 * `answer`: the vendor accepted or refused a changing call. `probe`: it is proven, or an operator says, that a call did not arrive.
 * `observation`: the vendor has shown how things stand. `send`: the next call goes out. `account`: the account is configured again.
 * The others are requests of callers; `opening` is a cutover without a further backup, `cutover` any. A retry takes all reasons away.
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
  /** For people: what is true. */
  readonly meaning: string;
  /** For people: what they do about it; null: nothing. */
  readonly action: string | null;
}

export interface ReasonEntry extends CodeEntry {
  readonly clearedBy: readonly Clearing[];
  /** Whether `retry` is offered because of it, also while the migration is being cancelled or only else. */
  readonly retry: 'always' | 'unless_cancelling' | 'never';
  /**
   * Whether it means that the vendor's side cannot be known, so that `cancel` ends the record without the vendor: in any case, or when the
   * outcome of every call is known.
   */
  readonly cancelEndsRecord: 'always' | 'when_settled' | 'never';
}

export const reasonCatalogue = {
  outcome_unknown: {
    meaning:
      'A call was sent, and its answer did not come, was malformed, or was an error of the vendor’s own. Godwit probes the vendor for its effect and sends nothing until that is settled. A call that is answered so `engine.resendTries` times (5) and proves absent each time counts as refused.',
    action:
      'Nothing at first. When `detail` asks for it, probing has not helped: look at the vendor’s console, then `retry` with `{ "assume": "absent" }` or `{ "adopt": { … } }`.',
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
    meaning: 'The vendor cannot be reached, or answers with server errors.',
    action: 'Nothing; `retry` tries at once.',
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  provider_busy: {
    meaning:
      'The state of the vendor’s resource forbids the call now. Godwit tries for `engine.busyMs` (1 h), then counts it as refused.',
    action: null,
    clearedBy: ['answer', 'observation'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  provider_auth_failed: {
    meaning: 'The vendor refuses the credentials, they have ended, or they hold characters that cannot be sent.',
    action: 'Correct the credentials or permissions of the account, then `retry`, or wait.',
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'never',
  },
  clock_refused: {
    meaning:
      'The vendor refuses the time of the signatures, also after Godwit has taken the time from the vendor’s own answers.',
    action:
      'Correct the clock of this machine, and look for a proxy that changes `Date` headers; `retry` tries at once.',
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
    meaning: 'The backup is registered at the vendor, and its file is missing.',
    action: '`POST …/upload-target`, upload the file, `POST …/uploaded`.',
    clearedBy: ['uploaded', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  backup_failed: {
    meaning: 'A backup of a chain failed or was refused, and the chain lives.',
    action:
      'Add a corrected backup, which takes its place; or remove the cause and `retry`; or `DELETE …/backups/{id}`; or, at Alibaba, `cutover` without it.',
    clearedBy: ['add_backup', 'opening', 'cancel'],
    retry: 'unless_cancelling',
    cancelEndsRecord: 'never',
  },
  backup_outcome_unknown: {
    meaning:
      'The vendor waits for the next backup of the chain, and its list of files does not show the one that was sent last.',
    action:
      'Look at the instance; then `retry` with `{ "assume": "absent" }`, which sends it again as a new attempt, or with `{ "adopt": { … } }` and the ids of the chain, which counts it as restored.',
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
    meaning: 'The vendor reports a status that it does not document.',
    action:
      'Nothing; report it if it stays. `retry` looks again at once. `cancel` is told to a vendor that can cancel; a second one, and everywhere else the first, ends the record.',
    clearedBy: ['observation'],
    retry: 'always',
    cancelEndsRecord: 'when_settled',
  },
  stalled: {
    meaning:
      'It is the vendor’s turn, and nothing has changed there for `engine.stallMs` (6 h); or it has accepted a cancellation and does not carry it out.',
    action: 'Look at the vendor’s console. `retry` looks again at once, `cancel` as above.',
    clearedBy: ['answer', 'probe', 'observation'],
    retry: 'always',
    cancelEndsRecord: 'always',
  },
  missing_at_provider: {
    meaning: 'The vendor no longer shows the task, as after a deletion in its console.',
    action: 'Look at the instance. `retry` looks again at once, `cancel` ends the record.',
    clearedBy: ['observation'],
    retry: 'unless_cancelling',
    cancelEndsRecord: 'when_settled',
  },
  awaiting_backup_file: {
    meaning: 'The watched folder holds no full backup that can be taken yet.',
    action: 'Upload it, or look at `GET …/feed` for what speaks against the files that are there.',
    clearedBy: ['feed', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  log_chain_gap: {
    meaning:
      'A file of the chain is missing in the watched folder; those behind it wait. It is taken by itself when it comes.',
    action: 'Upload the file that is missing between the two that `detail` names.',
    clearedBy: ['feed', 'cutover', 'opening', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  feed_unreadable: {
    meaning: 'The watched folder cannot be listed.',
    action: 'Give the account the right that `detail` names. It is listed again by itself.',
    clearedBy: ['feed', 'cancel'],
    retry: 'never',
    cancelEndsRecord: 'never',
  },
  account_not_configured: {
    meaning:
      'The configuration no longer has the account that the migration began with: its name is gone, or stands for another provider, endpoint or project. Nothing can be sent, observed or cancelled at the vendor.',
    action:
      'Put the account back; or `cancel`, which ends the record and tells the vendor nothing. That is possible even while an earlier cancellation is under way.',
    clearedBy: ['account'],
    retry: 'never',
    cancelEndsRecord: 'always',
  },
} as const satisfies Record<string, ReasonEntry>;

/** A code of `stateReason` and `blocking`. */
export type Reason = keyof typeof reasonCatalogue;
export const reasons = Object.keys(reasonCatalogue) as readonly Reason[];

/** The entry of a code. */
export const reasonEntry = (code: Reason): ReasonEntry => reasonCatalogue[code];

/** The reasons that an event takes away. */
export function clearedBy(event: Clearing): readonly Reason[] {
  return reasons.filter((code) => reasonEntry(code).clearedBy.includes(event));
}

export const warningCatalogue = {
  backup_not_checked: {
    meaning: 'A backup file was sent without having been looked at: it, or its object store, could not be read.',
    action: 'Give the account the rights that `detail` names, or check the file by hand.',
  },
  backup_doubtful: {
    meaning: 'Something about a backup file is probably not as it should be, and it was sent all the same.',
    action: 'Compare the file with what `detail` says.',
  },
  backup_file_changed: {
    meaning: 'A file of the watched folder was changed after it had been taken. It is not sent again.',
    action: 'Make sure that nobody writes over backups. Where the restored data are in doubt, start again.',
  },
  foreign_task_running: {
    meaning: 'The vendor shows a task on the instance that was begun outside Godwit and has not ended.',
    action:
      'Wait for it, or look at the vendor’s console whether both may run; `GET /accounts/{name}/tasks` lists it. `adopt` takes it over.',
  },
  vendor_outcome_unknown: {
    meaning: 'The record was ended without the vendor. A restore may still run, or have ended, there.',
    action: 'Look at the instance before its databases are used.',
  },
  half_restored_database: {
    meaning: 'A cancellation may have left a database in restoring state.',
    action: 'Drop it before its name is used again.',
  },
  left_behind: {
    meaning: 'What a refused submission had registered at the vendor could not be removed.',
    action: 'Delete it in the vendor’s console.',
  },
  cancel_refused: {
    meaning: 'The vendor refused to cancel, and the restore goes on.',
    action: 'Cancel again later, or let it end.',
  },
  accepted_after_all: {
    meaning: 'A call was presumed lost and sent again, and then the first one turned out to have been accepted.',
    action: 'Look for a second task at the vendor, and end it there.',
  },
  opened_before_queue_was_empty: {
    meaning: 'The vendor reports the database online while backups were still queued. They were not restored.',
    action: 'Check whether the data is as new as expected.',
  },
  opened_elsewhere: {
    meaning: 'The database was opened at the vendor, not through Godwit.',
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
    meaning: 'The vendor’s list of files lacks a backup, so it is unknown whether that one was restored.',
    action: 'Look at the vendor’s console.',
  },
  provider_flow_status: {
    meaning: 'The vendor’s workflow reports a status of its own beside one that is not documented.',
    action: null,
  },
  provider_message: { meaning: 'The vendor adds a remark.', action: null },
  provider_note: { meaning: 'The vendor adds a remark.', action: null },
} as const satisfies Record<string, CodeEntry>;

/** A code of `warnings`. */
export type Warning = keyof typeof warningCatalogue;
export const warnings = Object.keys(warningCatalogue) as readonly Warning[];
