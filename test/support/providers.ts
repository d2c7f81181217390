export { providers } from '../../src/registry.ts';

/** The ids of Godwit's providers. */
export type ProviderId = 'alibaba' | 'huawei' | 'tencent';
