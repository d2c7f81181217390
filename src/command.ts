import { dispatch } from './command/dispatch.ts';
import { processTerminal } from './command/terminal.ts';

/** Runs the `godwit` command with the arguments and environment of this process. Ends the process with the exit status of a failure. */
export async function godwit(): Promise<void> {
  // Stored data may contain names of customers, so files are readable by this user only.
  process.umask(0o077);
  const status = await dispatch(process.argv.slice(2), process.env, processTerminal(), () => {
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
    return interrupted.signal;
  });
  // After a failure, open handles must not keep the process alive. After a success, the gateway may be listening.
  if (status !== 0) process.exit(status);
}
