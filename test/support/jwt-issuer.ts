import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** An issuer of tokens with its key set on a local port. */
export interface JwtIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  /** A token that is valid for ten minutes unless the claims differ. `null` omits a claim. */
  token(claims?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

export const audience = 'godwit';

export async function jwtIssuer(): Promise<JwtIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] })),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer: base,
    jwksUri: `${base}/keys`,
    async token(claims = {}) {
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: base, aud: audience, sub: 'svc', iat: now, exp: now + 600, ...claims };
      const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as JWTPayload;
      return new SignJWT(present).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
