import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firewallPage } from '../../tools/documents/firewall.ts';

const page = readFileSync(new URL('../../docs/firewall.md', import.meta.url), 'utf8');

describe('docs/firewall.md', () => {
  it('lists the hosts that the providers call (npm run docs writes them)', () => {
    expect(firewallPage(page)).toBe(page);
  });

  it.each([
    '| `cn-hangzhou` | `rds.aliyuncs.com` | `*.oss-cn-hangzhou.aliyuncs.com` |',
    '| `ap-southeast-3` | `iam.ap-southeast-3.myhuaweicloud.com`, `drs.ap-southeast-3.myhuaweicloud.com`, `rds.ap-southeast-3.myhuaweicloud.com` | `*.obs.ap-southeast-3.myhuaweicloud.com` |',
    '| `ap-guangzhou` | `sqlserver.tencentcloudapi.com` | `*.cos.ap-guangzhou.myqcloud.com` |',
  ])('contains the row %s', (row) => expect(page).toContain(row));
});
