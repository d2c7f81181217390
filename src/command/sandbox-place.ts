/** Where the sandbox that is built in keeps what its clouds have done, from the folder that the gateway runs in. */
export const sandboxStateFile = './data/sandbox.json';

/** From the gateway's port to the first of the built-in clouds': 8080 and 9400. */
const sandboxPortDistance = 1320;

/** The first of the built-in clouds' ports (Alibaba, Huawei, Tencent, admin); null: they take any free ones. */
export function sandboxPortOf(gatewayPort: number): number | null {
  return gatewayPort === 0 || gatewayPort > 60_000 ? null : gatewayPort + sandboxPortDistance;
}
