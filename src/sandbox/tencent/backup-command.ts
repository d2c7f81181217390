import { Refusal } from './answer.ts';
import type { Handler } from './call.ts';
import { optionalText, text } from './parameters.ts';

/** File name suffix and statement by BackupFileType and IsRecovery (cold backup migration guide). */
const chainCommands: Readonly<Record<string, { suffix: string; statement: string; options: string }>> = {
  'FULL_LOG NO': { suffix: '2full2_2noreconvery2', statement: 'DATABASE', options: 'INIT' },
  'LOG NO': { suffix: '2log2_2noreconvery2', statement: 'LOG', options: 'INIT' },
  'LOG YES': { suffix: '2log2_2reconvery2', statement: 'LOG', options: 'INIT' },
  'FULL_DIFF NO': { suffix: '1full1_1noreconvery1', statement: 'DATABASE', options: 'INIT' },
  'DIFF NO': { suffix: '1diff1_1noreconvery1', statement: 'DATABASE', options: 'DIFFERENTIAL, INIT' },
  'DIFF YES': { suffix: '1diff1_1reconvery1', statement: 'DATABASE', options: 'DIFFERENTIAL, INIT' },
};

/** DescribeBackupCommand: returns the T-SQL that writes a backup under the expected name. */
export const describeBackupCommand: Handler = ({ parameters }) => {
  const type = text(parameters, 'BackupFileType');
  const recovery = text(parameters, 'IsRecovery');
  const database = text(parameters, 'DataBaseName');
  const folder = optionalText(parameters, 'LocalPath') ?? 'D:\\';
  if (type === 'FULL') {
    return { Command: `BACKUP DATABASE [${database}] TO DISK = N'${folder}${database}.bak' WITH INIT` };
  }
  const chain = chainCommands[`${type} ${recovery}`];
  if (chain === undefined) {
    throw new Refusal('InvalidParameter.InputIllegal', `${type} does not go with IsRecovery ${recovery}.`);
  }
  const time = `FORMAT(GETDATE(), 'yyyyMMddHHmmss')`;
  const lines = [
    'DECLARE @file nvarchar(400)',
    `SET @file = N'${folder}${database}_' + ${time} + N'_${chain.suffix}.bak'`,
    `BACKUP ${chain.statement} [${database}] TO DISK = @file WITH ${chain.options}`,
  ];
  // The service escapes line breaks once more, as a backslash and an n.
  return { Command: lines.join('\\n') };
};
