/** The loggable part of an error: name, message and stack with URL queries masked, and no other members. */
export function errorForLog(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: maskQueries(String(error)) };
  const cause = error.cause === undefined ? {} : { cause: errorForLog(error.cause) };
  return { name: error.name, message: maskQueries(error.message), stack: maskQueries(error.stack ?? ''), ...cause };
}

function maskQueries(text: string): string {
  return text.replaceAll(/(https?:\/\/[^\s"'?#]*)[?#][^\s"']*/g, '$1?[masked]');
}
