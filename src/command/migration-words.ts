import type { Migration } from '../../client/src/types.ts';
import { vendorErrorText } from './error-text.ts';
import type { Terminal } from './subcommand.ts';

/** Formats the progress of a migration as one line. */
export function progressWords(migration: Migration): string {
  const { state, progress, blocking } = migration;
  const { percent, backupsTotal, backupsRestored } = progress;
  const [reason] = blocking;
  return [
    state,
    ...(percent === null ? [] : [`${percent} %`]),
    ...(backupsTotal > 1 ? [`${backupsRestored} of ${backupsTotal} backups`] : []),
    ...(reason === undefined
      ? []
      : [`${reason.code}: ${reason.detail}${reason.provider ? ` ${vendorErrorText(reason.provider)}` : ''}`]),
  ].join(' · ');
}

/** Formats the outcome of a migration: its state, the error with the vendor's message, blocking reasons and warnings. */
export function endWords(migration: Migration, terminal: Pick<Terminal, 'styled'>): string {
  const { id, state, error, blocking, warnings } = migration;
  const colour = ({ succeeded: 'green', failed: 'red', cancelled: 'yellow' } as const)[state as 'failed'] ?? 'bold';
  const lines = [`${id} ${terminal.styled(colour, state)}`];
  if (error !== null) lines.push(`  ${error.detail} (${error.code}${error.retryable ? ', retryable' : ''})`);
  if (error?.provider)
    lines.push(`  ${error.provider.name} ${error.provider.operation}: ${vendorErrorText(error.provider)}`);
  for (const { code, detail, provider } of blocking)
    lines.push(`  ${code}: ${detail}${provider ? ` ${vendorErrorText(provider)}` : ''}`);
  for (const { code, detail } of warnings) lines.push(terminal.styled('yellow', `  ${code}: ${detail}`));
  return lines.join('\n');
}

/** Shortens a text to a number of columns. A shortened text ends with an ellipsis. */
export function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(columns - 1, 0))}…`;
}
