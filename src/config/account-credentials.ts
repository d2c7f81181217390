import type { AccountCredentials } from '../domain/credentials.ts';
import { alibabaKey, configured, huaweiLogin, tencentKey } from './configured-credentials.ts';
import type { AlibabaForm, HuaweiForm, TencentForm } from './credential-schema.ts';
import { alibabaFromEnvironment, huaweiFromEnvironment, tencentFromEnvironment } from './environment-credentials.ts';
import type { AccountEntry } from './schema.ts';
import type { Environment } from './values.ts';

const hour = 3600;
const defaultSessionName = 'godwit';

/** What the form of an account's credentials means, with defaults filled in. Throws for a form that does not make a whole. */
export function accountCredentials(entry: AccountEntry, environment: Environment): AccountCredentials {
  switch (entry.provider) {
    case 'alibaba':
      return alibaba(entry.credentials as AlibabaForm, environment);
    case 'huawei':
      return huawei(entry.credentials as HuaweiForm, entry, environment);
    case 'tencent':
      return tencent(entry.credentials as TencentForm, entry.region, environment);
  }
}

function alibaba(form: AlibabaForm, environment: Environment): AccountCredentials {
  switch (form.source) {
    case undefined:
      return alibabaKey(form, environment);
    case 'environment':
      return alibaba(alibabaFromEnvironment(environment), environment);
    case 'oidc':
      return {
        ...form,
        provider: 'alibaba',
        sessionName: form.sessionName ?? defaultSessionName,
        durationSeconds: form.durationSeconds ?? hour,
        endpoint: baseUrl(form.endpoint ?? 'https://sts.aliyuncs.com'),
      };
    case 'metadata':
      return {
        provider: 'alibaba',
        source: 'metadata',
        roleName: form.roleName ?? null,
        allowV1: form.allowV1 ?? true,
        endpoint: baseUrl(form.endpoint ?? 'http://100.100.100.200'),
      };
  }
}

type HuaweiEntry = Extract<AccountEntry, { provider: 'huawei' }>;

function huawei(form: HuaweiForm, entry: HuaweiEntry, environment: Environment): AccountCredentials {
  const iam = entry.endpoints?.iam ?? `https://iam.${entry.region}.myhuaweicloud.com`;
  switch (form.source) {
    case undefined:
      return configured(huaweiLogin(form, environment));
    case 'environment':
      return huawei(huaweiFromEnvironment(environment), entry, environment);
    case 'oidc':
      return {
        ...form,
        provider: 'huawei',
        durationSeconds: form.durationSeconds ?? 6 * hour,
        endpoint: baseUrl(form.endpoint ?? iam),
        project: entry.projectId === undefined ? { name: entry.region } : { id: entry.projectId },
      };
    case 'agency':
      return {
        provider: 'huawei',
        source: 'agency',
        agencyName: form.agencyName,
        domainName: form.domainName,
        durationSeconds: form.durationSeconds ?? 6 * hour,
        base: huaweiLogin(form.base, environment),
        endpoint: baseUrl(form.endpoint ?? iam),
      };
    case 'metadata':
      return {
        provider: 'huawei',
        source: 'metadata',
        endpoint: baseUrl(form.endpoint ?? 'http://169.254.169.254'),
      };
    case 'pod_identity':
      return { ...form, provider: 'huawei' };
  }
}

function tencent(form: TencentForm, region: string, environment: Environment): AccountCredentials {
  switch (form.source) {
    case undefined:
      return tencentKey(form, environment);
    case 'environment':
      return tencent(tencentFromEnvironment(environment), region, environment);
    case 'oidc':
      return {
        ...form,
        provider: 'tencent',
        region: form.region ?? region,
        sessionName: form.sessionName ?? defaultSessionName,
        durationSeconds: form.durationSeconds ?? 2 * hour,
        endpoint: baseUrl(form.endpoint ?? 'https://sts.tencentcloudapi.com'),
      };
    case 'metadata':
      return {
        provider: 'tencent',
        source: 'metadata',
        roleName: form.roleName ?? null,
        endpoint: baseUrl(form.endpoint ?? 'http://metadata.tencentyun.com'),
      };
  }
}

function baseUrl(url: string): string {
  return url.replace(/\/+$/, '');
}
