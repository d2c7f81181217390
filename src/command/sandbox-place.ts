/** File with the state of the built-in sandbox, relative to the gateway's working directory. */
export const sandboxStateFile = './data/sandbox.json';

/** Distance from the gateway's port to the first port of the built-in clouds, for example 8080 and 9400. */
const sandboxPortDistance = 1320;

/**
 * Returns the first port of the built-in clouds, which use consecutive ports (Alibaba, Huawei, Tencent, admin). Null: the clouds use any
 * free ports.
 */
export function sandboxPortOf(gatewayPort: number): number | null {
  return gatewayPort === 0 || gatewayPort > 60_000 ? null : gatewayPort + sandboxPortDistance;
}
