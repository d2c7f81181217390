export { providers } from '../../src/registry.ts';

/** The ids of the providers that Godwit comes with. */
export type ProviderId = 'alibaba' | 'huawei' | 'tencent';
