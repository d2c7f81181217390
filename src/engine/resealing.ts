import type { Backup, Migration } from '../domain/migration.ts';
import type { Store } from '../domain/store.ts';
import type { WebhookStore } from '../domain/webhook.ts';
import { SealedTextUnreadable, type TextCipher } from './text-cipher.ts';
import type { UrlCipher } from './url-cipher.ts';

/** Maximum number of migrations per batch. */
const batchSize = 100;

/** The dependencies of `resealTexts`. */
export interface ResealingContext {
  readonly store: Store & Pick<WebhookStore, 'updateWebhook'>;
  readonly texts: TextCipher;
  readonly urls: UrlCipher;
  /** The places to which a webhook's texts are bound. */
  readonly webhookPlaces: (id: string) => { readonly url: string; readonly secret: string; readonly headers: string };
  /** Ends the work after the present record. */
  readonly stopped?: AbortSignal;
}

/**
 * Re-encrypts texts that are sealed with an earlier version or key, with the current key and bound to their records. Texts that cannot be
 * decrypted stay unchanged. Returns the number of changed records. It may run in several processes at once and may stop at any point.
 */
export async function resealTexts({ store, texts, urls, webhookPlaces, stopped }: ResealingContext): Promise<number> {
  const { mark } = texts;
  if (mark === null) return 0;
  let count = 0;
  for (let after = ''; ; ) {
    const { migrations, webhooks } = await store.sealedOtherwise(mark, batchSize, after);
    for (const id of after === '' ? webhooks : []) {
      if (stopped?.aborted) return count;
      const places = webhookPlaces(id);
      const again = (sealed: string, place: string) => texts.seal(texts.open(sealed, place), place) ?? sealed;
      const done = await opening(() =>
        store.updateWebhook(id, (webhook) => ({
          ...webhook,
          url: { ...webhook.url, sealed: again(webhook.url.sealed, places.url) },
          sealedSecret: again(webhook.sealedSecret, places.secret),
          ...(webhook.headers && {
            headers: { ...webhook.headers, sealed: again(webhook.headers.sealed, places.headers) },
          }),
          ...(webhook.previousSecret && {
            previousSecret: { ...webhook.previousSecret, sealed: again(webhook.previousSecret.sealed, places.secret) },
          }),
        })),
      );
      if (done) count++;
    }
    for (const id of migrations) {
      if (stopped?.aborted) return count;
      if (await opening(() => store.update(id, (migration) => resealed(migration, urls)))) count++;
    }
    const last = migrations.at(-1);
    if (last === undefined || migrations.length < batchSize) return count;
    after = last;
  }
}

async function opening(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof SealedTextUnreadable) return false;
    throw error;
  }
}

function resealed(migration: Migration, urls: UrlCipher): Migration {
  const again = (backup: Backup): Backup =>
    backup.source.type !== 'url'
      ? backup
      : {
          ...backup,
          source: {
            ...backup.source,
            urls: backup.source.urls.map((url) => urls.seal(urls.open(url, backup.id), backup.id)),
          },
        };
  return { ...migration, backups: migration.backups.map(again) };
}
