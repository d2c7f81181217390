import type { Runtime } from '../domain/runtime.ts';
import type { Webhook } from '../domain/webhook.ts';
import { cloudEventMediaType } from './cloud-event.ts';
import type { AttemptResult } from './schedule.ts';
import { headersPlace, secretPlace, urlPlace } from './sealed-places.ts';
import type { Sender } from './sender.ts';
import { signatureHeaders } from './signature.ts';

/** The dependencies of sending a message. */
export interface PostContext {
  readonly sender: Pick<Sender, 'post'>;
  readonly runtime: Pick<Runtime, 'now'>;
  /** Decrypts a stored text. Throws if its key is not configured. */
  open(sealed: string, place: string): string;
  /** Godwit's version, for the header `user-agent`. */
  readonly version: string;
}

/** Sends one message to a webhook, signed with its secret and, during a rotation, with the previous one. Failures become results. */
export async function postSigned(
  { sender, runtime, open, version }: PostContext,
  webhook: Webhook,
  id: string,
  body: string,
): Promise<AttemptResult> {
  const now = runtime.now();
  const { previousSecret = null } = webhook;
  const sealed = [
    webhook.sealedSecret,
    ...(previousSecret !== null && previousSecret.until > now ? [previousSecret.sealed] : []),
  ];
  let url: string;
  let own: Readonly<Record<string, string>> = {};
  let signature: Readonly<Record<string, string>>;
  try {
    url = open(webhook.url.sealed, urlPlace(webhook.id));
    if (webhook.headers) own = JSON.parse(open(webhook.headers.sealed, headersPlace(webhook.id)));
    const secrets = sealed.map((each) => open(each, secretPlace(webhook.id)));
    signature = signatureHeaders(secrets, id, now, body);
  } catch {
    return { status: null, error: 'no configured encryption key decrypts the URL and the secret' };
  }
  return sender.post(
    url,
    { ...own, 'content-type': cloudEventMediaType, 'user-agent': `Godwit/${version}`, ...signature },
    body,
    webhook.caCertificates ?? null,
  );
}
