import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { type FailureKind, failureKinds, type VendorRequest } from '../../src/domain/vendor.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { huawei } from '../../src/providers/huawei/index.ts';
import { tencent } from '../../src/providers/tencent/index.ts';
import type { ProviderId } from '../support/providers.ts';
import { requestFor, Simulation } from '../support/simulation.ts';
import * as ofAlibaba from './alibaba/fixture.ts';
import * as ofHuawei from './huawei/fixtures.ts';
import * as ofTencent from './tencent/fixtures.ts';

const request = (operation: string, query: VendorRequest['query'] = []): VendorRequest => ({
  operation,
  service: 'drs',
  effect: 'write',
  method: 'POST',
  path: '/',
  query,
  headers: {},
  body: {},
});

describe('codes of Huawei Cloud', () => {
  const told = (error_code: string, error_msg: string, httpStatus = 400) =>
    huawei.failureOf(request('CreateReplicationJob'), ofHuawei.reply({ error_code, error_msg }, httpStatus));

  it.each<[string, string, FailureKind]>([
    ['DRS-M00277', 'x', 'replayed'],
    ['DRS-M01503', 'x', 'throttled'],
    ['DRS-M01504', 'x', 'busy'],
    ['APIGW-0308', 'x', 'throttled'],
    ['DRS.K02014', 'The task name already exists.', 'replayed'],
    ['DRS-K02028', 'The name is already used.', 'replayed'],
    ['DRS-K02058', 'Another task uses the target instance.', 'busy'],
    ['DRS.K01012', 'Another operation is being performed.', 'busy'],
    ['DRS.M01111', 'The server is abnormal. Try again later.', 'unavailable'],
    ['DRS.K02901', 'Internal error.', 'unavailable'],
    ['DRS.K02000', 'The backup file does not exist.', 'rejected'],
    ['DRS.K09999', 'The task name already exists.', 'rejected'],
  ])('%s with “%s” is %s', (code, message, kind) => {
    expect(told(code, message)).toMatchObject({ kind, code: failureKinds[kind].code, provider: { code, message } });
  });

  it('name accountName when a login is rejected', () => {
    const login = { ...request('KeystoneCreateUserTokenByPassword'), service: 'iam' };
    const wrong = { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } };
    expect(huawei.failureOf(login, ofHuawei.reply(wrong, 401))?.detail).toContain(
      '`accountName` is the account’s name, not a domain and not the IAM user',
    );
  });
});

describe('codes of Tencent Cloud', () => {
  it.each<[string, string, RegExp]>([
    ['InvalidParameter.InterfaceNameNotFound', 'provider_rejected', /endpoint/],
    ['InvalidParameterValue.DBNameIsKeyWrods', 'provider_rejected', /reserves/],
    ['InvalidParameterValue.OnCvmTypeNotSupported', 'provider_rejected', /type/],
    ['UnsupportedOperation.NotSupportRepeat', 'provider_conflict', /already under way/],
    ['FailedOperation.NotSupportBackup', 'provider_rejected', /does not support/],
    ['ResourceUnavailable.NotSupportRoInstance', 'provider_rejected', /read-only replica/],
  ])('%s is a refusal for good', (code, problem, words) => {
    expect(tencent.failureOf(request('StartBackupMigration'), ofTencent.refusal(code))).toMatchObject({
      kind: 'rejected',
      code: problem,
      retryable: false,
      detail: expect.stringMatching(words),
    });
  });
});

describe('words of Alibaba Cloud', () => {
  const told = (code: string, query: VendorRequest['query']) =>
    alibaba.failureOf(request('CreateMigrateTask', query), ofAlibaba.refusal(code))?.detail;

  it.each(['InvalidDBName.NotFound', 'InvalidDBName'])('%s mentions 2008 R2 only if URLs were sent', (code) => {
    expect(told(code, [['OssObjectPositions', 'x']])).not.toContain('2008');
    expect(told(code, [['OSSUrls', 'x']])).toContain('On 2008 R2 with local disks an empty database');
  });

  it('about replaced data become a warning', () => {
    const dialogue = alibaba.observe([ofAlibaba.migration()], ofAlibaba.account, ofAlibaba.sentAt);
    const { value } = ofAlibaba.converse(dialogue, {
      DescribeMigrateTaskById: ofAlibaba.task({ Status: 'Success', IsDBReplaced: 'True' }),
    });
    expect([...value.values()][0]?.warnings).toEqual([
      { code: 'provider_note', detail: expect.stringContaining('IsDBReplaced') },
    ]);
  });
});

describe('account settings that change requests', () => {
  const context = { session: null, endpoint: 'https://vendor.example', now: ofAlibaba.sentAt, nonce: 'n' };

  it('send ResourceGroupId with the reads that accept it', () => {
    const account = { ...ofAlibaba.account, resourceGroupId: 'rg-acfm1' };
    const signed = (operation: string) => {
      const of = { ...context, account, region: account.region, credentials: ofAlibaba.credentials };
      const { url, body } = alibaba.sign(request(operation), of);
      return `${url} ${body}`;
    };
    expect(signed('DescribeMigrateTasks')).toContain('ResourceGroupId=rg-acfm1');
    expect(signed('CreateMigrateTask')).not.toContain('ResourceGroupId');
  });

  it('send X-Language as English unless the account says otherwise', () => {
    const language = (account: object) =>
      huawei.sign(request('ListReplicationJobs'), {
        ...context,
        account: { ...ofHuawei.account, ...account },
        region: ofHuawei.account.region,
        credentials: ofHuawei.keyCredentials,
        session: { token: null, projectId: 'p', expiresAt: 0 },
      }).headers['X-Language'];
    expect(language({})).toBe('en-us');
    expect(language({ language: 'zh-cn' })).toBe('zh-cn');
  });
});

describe('a rejection at an emulated cloud', () => {
  it.each<[ProviderId, string, string, string]>([
    ['tencent', 'StartBackupMigration', 'FailedOperation.NotSupportBackup', 'provider_rejected'],
    ['tencent', 'CreateBackupMigration', 'InvalidParameterValue.DBNameIsKeyWrods', 'provider_rejected'],
    ['alibaba', 'CreateMigrateTask', 'InvalidDBName.NotFound', 'provider_rejected'],
    ['huawei', 'CreateReplicationJob', 'DRS-M05006', 'provider_rejected'],
  ])('%s, %s: %s ends the migration at once', async (provider, operation, code, problem) => {
    const simulation = await Simulation.start({ provider });
    simulation.refused = { operation, code };
    const ended = await simulation.until(await simulation.submit(requestFor(provider)), isTerminal);
    expect(ended).toMatchObject({ state: 'failed', error: { code: problem, provider: { code } } });
  });
});
