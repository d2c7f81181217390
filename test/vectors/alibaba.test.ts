import { describe, expect, it } from 'vitest';
import { canonicalQuery } from '../../src/providers/alibaba/percent.ts';
import {
  acs3CanonicalRequest,
  acs3Signature,
  acs3SignedHeaders,
  sha256Hex,
} from '../../src/providers/alibaba/sign-acs3.ts';
import { rpcSignature, rpcStringToSign } from '../../src/providers/alibaba/sign-rpc.ts';
import { acs3Vectors, hmacVector, rpcVectors } from './alibaba.ts';

describe('RPC signature vectors', () => {
  it.each(rpcVectors)('$name', (vector) => {
    const canonical = canonicalQuery(vector.parameters);
    const stringToSign = rpcStringToSign(vector.method, canonical);
    if (vector.canonical !== undefined) expect(canonical).toBe(vector.canonical);
    if (vector.stringToSign !== undefined) expect(stringToSign).toBe(vector.stringToSign);
    expect(rpcSignature(vector.secret, stringToSign)).toBe(vector.signature);
  });

  it('D2: only the HMAC', () => {
    expect(rpcSignature(hmacVector.secret, hmacVector.stringToSign)).toBe(hmacVector.signature);
  });
});

describe('ACS3 signature vectors', () => {
  it.each(acs3Vectors)('$name', (vector) => {
    const bodyHash = vector.headers['x-acs-content-sha256'] ?? '';
    const signed = acs3SignedHeaders(vector.headers);
    const request = acs3CanonicalRequest('POST', canonicalQuery(vector.query), signed, bodyHash);
    if (vector.signedHeaders !== undefined) expect(signed.names).toBe(vector.signedHeaders);
    if (vector.canonicalRequest !== undefined) expect(request).toBe(vector.canonicalRequest);
    if (vector.hash !== undefined) expect(sha256Hex(request)).toBe(vector.hash);
    expect(acs3Signature(vector.secret, request)).toBe(vector.signature);
  });
});
