import { dispatch } from './command/dispatch.ts';
import { processTerminal } from './command/terminal.ts';

/** Runs the `godwit` command with this process's arguments and environment; its result is the exit status. */
export async function godwit(): Promise<void> {
  // Stored data may contain names of customers: files are readable by this user alone.
  process.umask(0o077);
  const status = await dispatch(process.argv.slice(2), process.env, processTerminal(), () => {
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
    return interrupted.signal;
  });
  // After a failure, open handles must not keep the process alive. A listening gateway has not failed.
  if (status !== 0) process.exit(status);
}
