import { createHash, createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Vendor } from '../../configuration.ts';
import type { Restore } from '../sdk-clients.ts';

/** The same calls, hand-written on `undici` and `node:crypto`: their minimum cost. */
export function floorRestore(stub: string, provider: Vendor): Restore {
  const dispatcher = new Agent({ connections: 512 });
  const { host } = new URL(stub);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);
  const encoded = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

  async function post(path: string, headers: Record<string, string>, body: string): Promise<Record<string, unknown>> {
    const answer = await request(`${stub}${path}`, { method: 'POST', headers, body, dispatcher });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  const alibaba: Restore = async ({ instanceId, database, bucket, key }) => {
    const parameters: Readonly<Record<string, string>> = {
      AccessKeyId: 'LTAIbenchmark',
      Action: 'CreateMigrateTask',
      BackupMode: 'FULL',
      CheckDBMode: 'AsyncExecuteDBCheck',
      DBInstanceId: instanceId,
      DBName: database,
      Format: 'JSON',
      IsOnlineDB: 'True',
      OssObjectPositions: `oss-cn-hangzhou.aliyuncs.com:${bucket}:${key}`,
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: randomUUID(),
      SignatureVersion: '1.0',
      Timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
      Version: '2014-08-15',
    };
    let canonical = '';
    for (const name in parameters)
      canonical += `${canonical === '' ? '' : '&'}${name}=${encoded(parameters[name] ?? '')}`;
    const signature = createHmac('sha1', 'benchmark-secret&')
      .update(`POST&%2F&${encoded(canonical)}`)
      .digest('base64');
    const answer = await post(
      '/',
      { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      `${canonical}&Signature=${encoded(signature)}`,
    );
    return String(answer.MigrateTaskId);
  };

  async function tencentCall(action: string, given: object): Promise<Record<string, unknown>> {
    const body = JSON.stringify(given);
    const timestamp = Math.floor(Date.now() / 1000);
    const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
    const scope = `${date}/sqlserver/tc3_request`;
    const type = 'application/json; charset=utf-8';
    const names = 'content-type;host;x-tc-action';
    const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-tc-action:${action.toLowerCase()}\n\n${names}\n${hash(body)}`;
    const secret = mac('TC3benchmark-secret', date).digest();
    const key = mac(mac(secret, 'sqlserver').digest(), 'tc3_request').digest();
    const signature = mac(key, `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${hash(canonical)}`).digest('hex');
    const answer = await post(
      '/',
      {
        'content-type': type,
        'x-tc-action': action,
        'x-tc-version': '2018-03-28',
        'x-tc-region': 'ap-guangzhou',
        'x-tc-timestamp': String(timestamp),
        authorization: `TC3-HMAC-SHA256 Credential=AKIDbenchmark/${scope}, SignedHeaders=${names}, Signature=${signature}`,
      },
      body,
    );
    return answer.Response as Record<string, unknown>;
  }

  const tencent: Restore = async ({ instanceId, bucket, key }) => {
    const { BackupMigrationId } = await tencentCall('CreateBackupMigration', {
      InstanceId: instanceId,
      RecoveryType: 'FULL',
      UploadType: 'COS_URL',
      MigrationName: 'orders',
      BackupFiles: [`https://${bucket}.cos.ap-guangzhou.myqcloud.com/${key}`],
    });
    await tencentCall('StartBackupMigration', { InstanceId: instanceId, BackupMigrationId });
    return String(BackupMigrationId);
  };

  const huawei: Restore = async ({ instanceId, bucket, key }) => {
    const project = '0123456789abcdef0123456789abcdef';
    const path = `/v5/${project}/backup-migration-jobs`;
    const cut = key.lastIndexOf('/') + 1;
    const body = JSON.stringify({
      base_info: { name: 'orders', engine_type: 'sqlserver' },
      target_db_info: { target_instance_id: instanceId, ms_file_stream_status: 'off', file_id: '' },
      backup_info: {
        file_source: 'OBS',
        bucket_name: bucket,
        files: [{ obs_path: key.slice(0, cut), name: key.slice(cut) }],
      },
      options: {
        recovery_mode: 'full',
        is_last_backup: true,
        is_precheck: true,
        is_cover: false,
        is_default_restore: true,
        is_delete_backup_file: true,
        reset_db_name_map: {},
      },
    });
    const date = new Date().toISOString().replace(/\.\d+|[-:]/g, '');
    const names = 'content-type;host;x-project-id;x-sdk-date';
    const canonical = `POST\n${path}/\n\ncontent-type:application/json\nhost:${host}\nx-project-id:${project}\nx-sdk-date:${date}\n\n${names}\n${hash(body)}`;
    const signature = mac('benchmark-secret', `SDK-HMAC-SHA256\n${date}\n${hash(canonical)}`).digest('hex');
    const answer = await post(
      path,
      {
        'content-type': 'application/json',
        'x-project-id': project,
        'x-sdk-date': date,
        authorization: `SDK-HMAC-SHA256 Access=BENCHMARK, SignedHeaders=${names}, Signature=${signature}`,
      },
      body,
    );
    return String(answer.job_id);
  };
  return { alibaba, tencent, huawei }[provider];
}
