/** File in which the built-in sandbox stores the state of its clouds, relative to the gateway's working directory. */
export const sandboxStateFile = './data/sandbox.json';

/** Distance from the gateway's port to the first port of the built-in clouds: 8080 and 9400. */
const sandboxPortDistance = 1320;

/** The first port of the built-in clouds (Alibaba, Huawei, Tencent, admin); null: any free ports. */
export function sandboxPortOf(gatewayPort: number): number | null {
  return gatewayPort === 0 || gatewayPort > 60_000 ? null : gatewayPort + sandboxPortDistance;
}
