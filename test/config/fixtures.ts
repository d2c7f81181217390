import { createHash } from 'node:crypto';
import { ConfigError } from '../../src/config/config.ts';
import type { Environment } from '../../src/domain/account-configuration.ts';
import { checkedConfig } from '../support/configuration.ts';

export function alibabaEntry() {
  return {
    name: 'ali-main',
    provider: 'alibaba',
    region: 'cn-hangzhou',
    credentials: { accessKeyId: 'id', accessKeySecret: 'secret' } as Record<string, unknown>,
  };
}

export function huaweiEntry() {
  return {
    name: 'hw-main',
    provider: 'huawei',
    region: 'ap-southeast-3',
    credentials: { accountName: 'acme', userName: 'svc', password: 'secret' } as Record<string, unknown>,
  };
}

export function tencentEntry() {
  return {
    name: 'tc-main',
    provider: 'tencent',
    region: 'ap-guangzhou',
    credentials: { secretId: 'id', secretKey: 'secret' } as Record<string, unknown>,
  };
}

/** The smallest valid configuration. */
export function minimal() {
  return { accounts: [alibabaEntry()] };
}

export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** 32 bytes in base64. */
export function key32(byte = 7): string {
  return Buffer.alloc(32, byte).toString('base64');
}

/** The faults of a file; empty when it is valid. */
export async function faultsOf(file: unknown, environment: Environment = {}): Promise<readonly string[]> {
  try {
    await checkedConfig(file, environment, false);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
