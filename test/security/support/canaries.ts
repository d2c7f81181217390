import { createHash } from 'node:crypto';

/** A unique value. */
export const canary = (name: string) => `CANARY${name}${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

export const apiKey = canary('apikey');
export const encryptionKey = Buffer.from(canary('enc').padEnd(32, 'x').slice(0, 32)).toString('base64');
/** Secrets that the tests give to the gateway, and that no output may show. */
export const given = [
  'apikey',
  'wrongapikey',
  'wrongbearer',
  'basic',
  'alibabasecret',
  'alibabatoken',
  'huaweipassword',
  'huaweisecret',
  'huaweitoken',
  'tencentsecret',
  'tencenttoken',
  'signature',
  'userinfo',
  'badurl',
  'brokenjson',
  'unknownfield',
  'webhooktoken',
  'webhookuser',
].map(canary);
export const known = [
  'sandbox-alibaba-secret',
  'sandbox-huawei-password',
  'sandbox-tencent-secret',
  encryptionKey,
  Buffer.from(encryptionKey, 'base64').toString(),
];

/** A signed URL whose signature is a canary. */
export const signedUrl = (key = 'prod/orders_full.bak') =>
  `https://acme-backups.cos.ap-guangzhou.myqcloud.com/${key}?q-signature=${canary('signature')}&q-ak=AKID`;

/** Secrets that a text shows, as they are or inside base64, each with the start of its line. */
export function found(text: string, secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) => {
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
    for (const shift of [0, 1, 2]) {
      const encoded = Buffer.from('x'.repeat(shift) + secret).toString('base64');
      forms.push(encoded.slice(shift === 0 ? 0 : 4, -4));
    }
    const places = forms.filter((form) => form.length >= 10).map((form) => text.indexOf(form));
    return places.filter((place) => place >= 0).map((place) => `${secret} in: ${lineAround(text, place)}`);
  });
}

function lineAround(text: string, place: number): string {
  return text.slice(text.lastIndexOf('\n', place) + 1).slice(0, 300);
}
