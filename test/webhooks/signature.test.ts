import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { newSecret, signatureHeaders } from '../../src/webhooks/signature.ts';

describe('a message signature', () => {
  it('matches the published example of Standard Webhooks', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(signatureHeaders(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_999, '{"test": 2432232314}')).toEqual(
      {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    );
  });

  it('is accepted by the receivers’ library and not for another body, id or secret', () => {
    const secret = newSecret(systemRuntime);
    const body = '{"text":"Grüße, 数据库"}';
    const headers = signatureHeaders(secret, 'evt_1', Date.now(), body);
    const receiver = new Webhook(secret);
    expect(receiver.verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => receiver.verify(`${body} `, headers)).toThrow();
    expect(() => receiver.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow();
    expect(() => new Webhook(newSecret(systemRuntime)).verify(body, headers)).toThrow();
  });

  it('uses both secrets during a rotation', () => {
    const [first, second] = [newSecret(systemRuntime), newSecret(systemRuntime)];
    const headers = signatureHeaders([second, first], 'evt_1', Date.now(), '{}');
    for (const secret of [first, second]) expect(new Webhook(secret).verify('{}', headers)).toEqual({});
    expect(() => new Webhook(newSecret(systemRuntime)).verify('{}', headers)).toThrow();
  });

  it('uses 32 fresh random bytes', () => {
    const secrets = Array.from({ length: 20 }, () => newSecret(systemRuntime));
    expect(new Set(secrets).size).toBe(20);
    for (const secret of secrets) expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
  });
});
