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

/** The lines of the command: the vendor writes line breaks as a backslash and a letter, which also occur in the folder's name. */
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

/** DescribeBackupCommand page: the T-SQL that writes a backup under the name that a chain needs. */
export const backupCommand: BackupCommandSupport = {
  /** A single full backup and the last of a chain are recovered; all others stay open for the next. */
  build(input) {
    const recovery = input.type === 'full' ? input.mode === 'full' : input.final;
    return read(operation, {
      BackupFileType: fileType(input),
      DataBaseName: input.database,
      IsRecovery: recovery ? 'YES' : 'NO',
      ...(input.path === undefined ? {} : { LocalPath: input.path }),
    });
  },
  /** The T-SQL text with real line breaks. Throws `VendorError` of kind `malformed`. */
  parse(reply, input) {
    return withLineBreaks(requireText(operation, reply, 'Command'), input.path ?? defaultPath);
  },
};
