import { Refusal } from './errors.ts';

/** An instance of the sandbox. Its id determines all its properties. */
export interface Instance {
  readonly id: string;
  readonly engine: 'SQLServer' | 'MySQL';
  readonly engineVersion: string;
  readonly category: string;
  readonly status: string;
  /** Whether it is busy for the duration of one restore after the first create request. */
  readonly busyAtFirst: boolean;
  readonly lockMode: string;
  readonly type: string;
  readonly storageType: string;
  /** Whether it reads `OSSUrls` without decoding the value as a whole, contrary to the documentation. */
  readonly rawUrls: boolean;
  /** Whether it is SQL Server 2008 R2 on local disks, which supports only one full backup from signed URLs. */
  readonly localDisk: boolean;
  /** Whether task and file lists are unsupported. */
  readonly cluster: boolean;
  /** Whether lists show new tasks late. */
  readonly lagging: boolean;
  /** Whether it uses the error codes of the instance-level migration guide. */
  readonly secondVocabulary: boolean;
  /** Whether it accepts the first file of a chain as `FULL` with `IsOnlineDB` `False` instead of `UPDF`. */
  readonly fullBase: boolean;
  /** Whether it keeps no databases: no restore finds an existing one, and the daily limits do not apply. */
  readonly scratch: boolean;
}

/**
 * Returns the instance with that id. Every id of the form `rm-…` exists, except one with the word `notfound`; for that it throws `Refusal`
 * with `missingCode`.
 */
export function findInstance(id: string, missingCode = 'InvalidDBInstanceId.NotFound'): Instance {
  const says = (word: string) => new RegExp(`(^|[^a-z0-9])${word}([^a-z]|$)`).test(id);
  if (!/^rm-[a-z0-9][a-z0-9_-]{1,60}$/.test(id) || says('notfound')) throw new Refusal(missingCode);
  const old = says('2008r2') || says('rawurls');
  const cluster = says('cluster');
  return {
    id,
    engine: says('mysql') ? 'MySQL' : 'SQLServer',
    engineVersion: versionOf(says('mysql'), old, cluster),
    category: cluster ? 'AlwaysOn' : 'HighAvailability',
    status: 'Running',
    busyAtFirst: says('busy'),
    lockMode: says('locked') ? 'ManualLock' : 'Unlock',
    type: says('readonly') ? 'Readonly' : 'Primary',
    storageType: old ? 'local_ssd' : 'cloud_essd',
    localDisk: old,
    cluster,
    lagging: says('lag'),
    secondVocabulary: says('altcodes'),
    fullBase: says('fullbase'),
    scratch: says('scratch'),
    rawUrls: says('rawurls'),
  };
}

function versionOf(mysql: boolean, old: boolean, cluster: boolean): string {
  if (mysql) return '8.0';
  if (old) return '2008r2';
  return cluster ? '2017_ent' : '2019_std_ha';
}

/** The members that DescribeDBInstanceAttribute returns. */
export function attributesOf(instance: Instance): Readonly<Record<string, unknown>> {
  return {
    DBInstanceId: instance.id,
    RegionId: 'cn-hangzhou',
    ZoneId: 'cn-hangzhou-h',
    Engine: instance.engine,
    EngineVersion: instance.engineVersion,
    Category: instance.category,
    DBInstanceStatus: instance.status,
    LockMode: instance.lockMode,
    LockReason: instance.lockMode === 'Unlock' ? '' : 'Locked by an operator',
    DBInstanceType: instance.type,
    DBInstanceStorage: 500,
    DBInstanceStorageType: instance.storageType,
    DBInstanceDiskUsed: '53687091200',
    DBMaxQuantity: 100,
    DBInstanceMemory: 16384,
    DBInstanceCPU: '4',
    Collation: 'Chinese_PRC_CI_AS',
    Extra: { RecoveryModel: 'simple' },
  };
}
