import { type Dialogue, VendorError, type VendorReply, type VendorRequest } from '../domain/vendor.ts';

/**
 * Runs a dialogue, a generator that yields requests. Sends each request and passes the response in; throws a `VendorError` into the
 * dialogue. Other errors end the dialogue and reject.
 */
export async function runDialogue<T>(
  dialogue: Dialogue<T>,
  send: (request: VendorRequest) => Promise<VendorReply>,
): Promise<T> {
  let step = dialogue.next();
  while (!step.done) {
    try {
      const reply = await send(step.value);
      step = dialogue.next(reply);
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      step = dialogue.throw(error);
    }
  }
  return step.value;
}
