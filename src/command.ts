import { dispatch } from './command/dispatch.ts';
import { processTerminal } from './command/terminal.ts';

/** The `godwit` command with the arguments and the environment of this process; what it comes to is the exit status. */
export async function godwit(): Promise<void> {
  // What is stored may hold names of customers: files are for this user alone.
  process.umask(0o077);
  const status = await dispatch(process.argv.slice(2), process.env, processTerminal(), () => {
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
    return interrupted.signal;
  });
  // What was begun before it failed must not keep the process. A gateway that listens has not failed.
  if (status !== 0) process.exit(status);
}
