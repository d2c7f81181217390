import { Refusal } from './answer.ts';
import { readBackupFile } from './backup-file.ts';
import { type Call, type Handler, incrementsOf, namedFull, namedIncrement, passLock, wrongState } from './call.ts';
import { instanceOf } from './instance.ts';
import { status, statusOfFull, statusOfIncrement } from './lifecycle.ts';
import { optionalText, text } from './parameters.ts';
import type { FullImport } from './state.ts';
import { appId } from './view.ts';

const validitySeconds = 500;

/** DescribeUploadBackupInfo: returns upload rights for the file of a full import. */
export const describeUploadBackupInfo: Handler = (call) => {
  const full = namedFull(call);
  const now = statusOfFull(full, incrementsOf(call, full.id), call.now);
  return rights(call, full, full.id, now, prefixOf(full));
};

/** DescribeUploadIncrementalInfo: returns upload rights for the file of an increment. */
export const describeUploadIncrementalInfo: Handler = (call) => {
  const full = namedFull(call);
  const increment = namedIncrement(call, full);
  const prefix = `${prefixOf(full)}increment/${increment.id}/`;
  return rights(call, full, increment.id, statusOfIncrement(increment, call.now), prefix);
};

/** DescribeBackupUploadSize. Every file of an upload counts as uploaded, except one with `missing` in its name. */
export const describeBackupUploadSize: Handler = (call) => {
  const full = namedFull(call);
  const named = optionalText(call.parameters, 'IncrementalMigrationId') !== undefined;
  const { files } = named ? namedIncrement(call, full) : full;
  const uploaded = full.uploadType === 'COS_UPLOAD' ? files.map((entry) => readBackupFile('COS_UPLOAD', entry)) : [];
  return {
    CosUploadBackupFileSet: uploaded
      .filter((file) => !file.magic.has('missing'))
      .map((file) => ({ FileName: file.name, Size: 4096 * (1000 + file.name.length) })),
  };
};

function rights(call: Call, full: FullImport, id: string, now: number, path: string): ReturnType<Handler> {
  passLock(call, instanceOf(text(call.parameters, 'InstanceId')), id);
  if (full.uploadType !== 'COS_UPLOAD') {
    throw new Refusal('UnsupportedOperation.UploadTypeError', `${full.id} takes its file from a URL.`);
  }
  if (now !== status.created) throw wrongState(id, now);
  const start = Math.floor(call.now / 1000);
  return {
    BucketName: `sandbox-sqlserver-${appId}`,
    Region: full.region,
    Path: path,
    TmpSecretId: 'AKIDsandboxupload',
    TmpSecretKey: 'sandbox-upload-key',
    CosSecurityToken: 'sandbox-upload-token',
    XCosSecurityToken: '',
    StartTime: String(start),
    ExpiredTime: String(start + validitySeconds),
  };
}

function prefixOf(full: FullImport): string {
  return `${appId}/sqlserver/${full.instanceId}/migration/backup/${full.id}/`;
}
