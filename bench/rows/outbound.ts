import { inTurns, type Row } from '../measure.ts';
import { type Measured, startChild } from '../processes.ts';
import type { Stage } from '../stage.ts';

const perTurn = 2500;
const vendors = [
  {
    provider: 'alibaba',
    name: 'Alibaba, 1 call',
    sdks: [
      ['sdk', '@alicloud/rds20140815'],
      ['pop', '@alicloud/pop-core'],
    ],
  },
  { provider: 'tencent', name: 'Tencent, 2 calls', sdks: [['sdk', 'tencentcloud-sdk-nodejs-sqlserver']] },
  { provider: 'huawei', name: 'Huawei, 1 call', sdks: [['sdk', '@huaweicloud/huaweicloud-sdk-core']] },
] as const;

/** The vendor calls of one restore alone, beside the hand-written floor and the official SDKs. */
export async function outbound(stage: Stage): Promise<readonly Row[]> {
  const { url } = await stage.stub();
  const rows: Row[] = [];
  for (const { provider, name, sdks } of vendors) {
    const kinds = [['godwit', ''], ['floor', 'hand-written, undici and node:crypto'], ...sdks] as const;
    const children = await Promise.all(
      kinds.map(([kind]) => startChild('contestants/outbound/main.ts', kind, url, provider)),
    );
    const cost = async (child: Measured): Promise<number> => {
      const before = child.cpuMs();
      await child.ask(perTurn);
      return ((child.cpuMs() - before) * 1000) / perTurn;
    };
    const [godwit = Number.NaN, ...others] = await inTurns(
      children.map((child, index) => ({ name: kinds[index]?.[0] ?? '', run: () => cost(child) })),
    );
    for (const [index, value] of others.entries()) {
      const [kind = '', against = ''] = kinds[index + 1] ?? [];
      rows.push({
        name: `outbound, ${name}${kind === 'floor' ? '' : `, beside ${kind === 'pop' ? 'the older SDK' : 'the SDK'}`}`,
        unit: 'µs',
        godwit,
        against: { name: against, value },
        target: kind === 'floor' ? '≤ 1.15 ×' : '≤ 0.33 ×',
      });
    }
    await Promise.all(children.map((child) => child.stop()));
  }
  return rows;
}
