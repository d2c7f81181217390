import type { BackupCommandInput, BackupCommandSupport } from '../../domain/provider.ts';
import { requireText } from './reply.ts';
import { read } from './task.ts';

const operation = 'DescribeBackupCommand';
const defaultPath = 'D:\\';

function fileType({ type, mode }: BackupCommandInput): string {
  if (type !== 'full') return type === 'log' ? 'LOG' : 'DIFF';
  if (mode === 'full') return 'FULL';
  return mode === 'full_log' ? 'FULL_LOG' : 'FULL_DIFF';
}

/**
 * Converts the vendor's line breaks, tabs and quotes, which it writes as a backslash and a letter. The folder may contain the same
 * sequences, so it is excluded.
 */
function withLineBreaks(command: string, path: string): string {
  const breaks = (text: string) =>
    text
      .replace(/(?<!\\)\\+(?:r\\+n|n|r)/g, '\n')
      .replace(/(?<!\\)\\+t/g, '\t')
      .replace(/(?<!\\)\\+(['"])/g, '$1');
  if (path === '') return breaks(command);
  const doubled = path.replaceAll('\\', '\\\\');
  return command
    .split(doubled)
    .flatMap((part, index) => (index === 0 ? [part] : [null, part]))
    .map((part) => (part === null ? path : part.split(path).map(breaks).join(path)))
    .join('');
}

/** Requests the T-SQL that writes a backup under the file name that a chain requires (DescribeBackupCommand page). */
export const backupCommand: BackupCommandSupport = {
  /** A single full backup and the last backup of a chain recover the database; all others leave it open for the next backup. */
  build(input) {
    const recovery = input.type === 'full' ? input.mode === 'full' : input.final;
    return read(operation, {
      BackupFileType: fileType(input),
      DataBaseName: input.database,
      IsRecovery: recovery ? 'YES' : 'NO',
      ...(input.path === undefined ? {} : { LocalPath: input.path }),
    });
  },
  /** Returns the T-SQL text with real line breaks. Throws `VendorError` of kind `malformed` if the response has none. */
  parse(reply, input) {
    return withLineBreaks(requireText(operation, reply, 'Command'), input.path ?? defaultPath);
  },
};
