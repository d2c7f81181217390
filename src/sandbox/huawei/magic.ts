/** How a magic word in a file affects its job. */
export interface FileFate {
  /** `precheck`: the precheck finds the fault, if the request asked for one. `restore`: the restore finds it. */
  readonly foundBy: 'precheck' | 'restore';
  readonly errorLog: string;
}

/**
 * Words in an object key (path or name) or an RDS backup id, with the `error_log` that they cause. The first match applies. Those in
 * `logFates` apply to log backups only.
 */
export const fileFates: Readonly<Record<string, FileFate>> = {
  corrupt: {
    foundBy: 'precheck',
    errorLog: 'The media family is incorrectly formed. SQL Server cannot process this media family. (Error 3241)',
  },
  'newer-version': {
    foundBy: 'precheck',
    errorLog:
      'The database was backed up on a server running version 16.00.1000. That version is incompatible with this server, which is running version 15.00.4430. (Error 3169)',
  },
  gap: {
    foundBy: 'precheck',
    errorLog: 'The log in this backup set begins at a LSN that is too recent to apply to the database. (Error 4305)',
  },
  'too-early': {
    foundBy: 'precheck',
    errorLog: 'The log in this backup set terminates at a LSN that is too early to apply to the database. (Error 4326)',
  },
  striped: {
    foundBy: 'precheck',
    errorLog: 'The media set has 4 media families but only 1 are provided. All members must be provided. (Error 3132)',
  },
  encrypted: {
    foundBy: 'restore',
    errorLog: "Cannot find server certificate with thumbprint '0x8F2A51C3'. (Error 33111)",
  },
  missing: { foundBy: 'restore', errorLog: 'restore:null' },
  'storage-class': { foundBy: 'restore', errorLog: 'restore:null' },
  denied: { foundBy: 'restore', errorLog: 'Access to the OBS object is denied.' },
  'not-in-backup': { foundBy: 'restore', errorLog: 'source database not in backup file list' },
  'no-space': {
    foundBy: 'restore',
    errorLog: 'There is insufficient free space on the disk volume to create the database. (Error 3257)',
  },
};

/** Words that apply to log backups only. */
export const logFates: readonly string[] = ['gap', 'too-early'];

/** Words that change the duration or presentation of a job and not its result. */
export const pacingWords = {
  slow: 'slow',
  stuck: 'stuck',
  oddStatus: 'odd-status',
  unknownStatus: 'unknown-status',
  oldSpelling: 'old-spelling',
  sparse: 'sparse',
} as const;

/** Words in an instance id. */
export const instanceWords = {
  notFound: 'notfound',
  busy: 'busy',
  lag: 'lag',
  frozen: 'frozen',
  replica: 'replica',
  storageFull: 'full',
  switchover: 'switchover',
  scratch: 'scratch',
} as const;

/** Words in an RDS backup id that affect RDS reads, in addition to `notfound`. */
export const backupWords = { building: 'building', failed: 'failed' } as const;
