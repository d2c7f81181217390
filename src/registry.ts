import { providerRegistry } from './domain/provider.ts';
import { alibaba } from './providers/alibaba/index.ts';
import { huawei } from './providers/huawei/index.ts';
import { tencent } from './providers/tencent/index.ts';

/** The providers of this gateway. A new provider is added here only. */
export const providers = providerRegistry([alibaba, huawei, tencent]);
