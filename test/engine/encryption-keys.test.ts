import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SealedUrl } from '../../src/domain/migration.ts';
import { Secret } from '../../src/domain/secret.ts';
import { resealTexts } from '../../src/engine/resealing.ts';
import { createTextCipher, SealedTextUnreadable } from '../../src/engine/text-cipher.ts';
import { createUrlCipher } from '../../src/engine/url-cipher.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { placesOfWebhook } from '../../src/webhooks/sealed-places.ts';
import { lease, sampleWebhook } from '../store/samples.ts';
import { noon, sampleBackup, sampleMigration } from '../support/samples.ts';
import { requestFor, Simulation } from '../support/simulation.ts';
import { onBothStores } from '../support/stores.ts';

const key = (byte: number) => new Secret(Buffer.alloc(32, byte).toString('base64'));
const url = 'https://bucket.example/orders.bak?Signature=canary';

/** The format of earlier versions, which bound a text to no record. */
function sealedUnbound(text: string, byte: number): string {
  const bytes = Buffer.alloc(32, byte);
  const id = createHash('sha256').update(bytes).digest('base64url').slice(0, 8);
  const nonce = systemRuntime.randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [
    'v1',
    id,
    ...[Buffer.from(nonce), cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')),
  ].join('.');
}

const withUrl = (sealed: SealedUrl) => sampleBackup({ source: { type: 'url', urls: [sealed] } });

describe('a URL whose encryption key is missing', () => {
  it('blocks its migration without failing it until the key is back', async () => {
    const simulation = await Simulation.start({ provider: 'tencent' });
    const context = simulation.context as { openUrl: (sealed: SealedUrl, backupId: string) => string };
    const { openUrl } = context;
    context.openUrl = () => {
      throw new SealedTextUnreadable('no encryption key with the id `AbCdEfGh` is configured');
    };
    const id = await simulation.submit({ ...requestFor('tencent'), source: { type: 'url', urls: [url] } });
    for (let round = 0; round < 20; round++) await simulation.round();
    expect(await simulation.get(id)).toMatchObject({
      state: 'pending',
      stateReason: 'encryption_key_missing',
      calls: [],
      blocking: [{ code: 'encryption_key_missing', detail: expect.stringContaining('AbCdEfGh') }],
    });
    context.openUrl = openUrl;
    const ended = await simulation.until(id, ({ state }) => state === 'succeeded');
    expect(ended.blocking).toEqual([]);
    expect(simulation.restores()).toHaveLength(1);
  });
});

await onBothStores('texts encrypted by an earlier version or with an earlier key', (newUrl) => {
  it('are re-encrypted with the current key, each for its own record', async () => {
    const store = await openStore(await newUrl(), { runtime: systemRuntime });
    const unbound = withUrl({ display: 'x', sealed: sealedUnbound(url, 1) });
    const lost = withUrl({ display: 'x', sealed: sealedUnbound(url, 9) });
    const [migration, other] = [sampleMigration({ backups: [unbound] }), sampleMigration({ backups: [lost] })];
    for (const each of [migration, other]) await store.create(each, lease());
    const webhook = sampleWebhook({
      url: { display: 'https://hooks.example', sealed: sealedUnbound('https://hooks.example/x', 1) },
      sealedSecret: sealedUnbound('whsec_canary', 1),
      previousSecret: { sealed: sealedUnbound('whsec_before', 1), until: noon + 1000 },
      headers: { names: ['authorization'], sealed: sealedUnbound('{"authorization":"canary"}', 1) },
    });
    const lostWebhook = sampleWebhook({ headers: { names: ['x-team'], sealed: sealedUnbound('{"x-team":"dba"}', 9) } });
    for (const each of [webhook, lostWebhook]) await store.createWebhook(each, { inAll: 2, perCaller: 2 });

    const texts = createTextCipher([key(2), key(1)], systemRuntime);
    const urls = createUrlCipher(texts);
    expect(await resealTexts({ store, texts, urls, webhookPlaces: placesOfWebhook })).toBe(2);
    const present = (await store.get(migration.id))?.backups[0];
    const sealed = present?.source.type === 'url' ? present.source.urls[0] : undefined;
    if (sealed === undefined) throw new Error('no URL');
    expect(sealed.sealed.startsWith(`${texts.mark}.`)).toBe(true);
    expect(urls.open(sealed, unbound.id)).toBe(url);
    expect(() => urls.open(sealed, lost.id)).toThrow(SealedTextUnreadable);
    expect(() => texts.open(sealed.sealed, placesOfWebhook(webhook.id).secret)).toThrow(SealedTextUnreadable);
    const hook = await store.getWebhook(webhook.id);
    const places = placesOfWebhook(webhook.id);
    const opened = [
      texts.open(hook?.url.sealed ?? '', places.url),
      texts.open(hook?.sealedSecret ?? '', places.secret),
      texts.open(hook?.previousSecret?.sealed ?? '', places.secret),
      texts.open(hook?.headers?.sealed ?? '', places.headers),
    ];
    expect(opened).toEqual(['https://hooks.example/x', 'whsec_canary', 'whsec_before', '{"authorization":"canary"}']);
    expect(hook?.headers?.names).toEqual(['authorization']);
    expect(() => texts.open(hook?.headers?.sealed ?? '', places.secret)).toThrow(SealedTextUnreadable);
    expect(await store.getWebhook(lostWebhook.id)).toEqual(lostWebhook);
    expect(await resealTexts({ store, texts, urls, webhookPlaces: placesOfWebhook })).toBe(0);

    const counts = new Map((await store.seals()).map(({ seal, ...records }) => [seal.slice(0, 2), records]));
    expect(counts).toEqual(
      new Map([
        ['v1', { backups: 1, webhooks: 1 }],
        ['v2', { backups: 1, webhooks: 1 }],
      ]),
    );
    expect(await store.get(other.id)).toMatchObject({ version: 1 });
    await store.close();
  });
});
