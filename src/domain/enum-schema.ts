import { backupForms } from './backup-header.ts';
import { problemCodes } from './problem.ts';
import { reasons, warnings } from './reasons.ts';
import { restoreErrorCodes } from './restore-errors.ts';
import { stringEnum } from './typebox.ts';
import {
  actionNames,
  backupStates,
  backupTypes,
  eventTypes,
  feedVerdicts,
  migrationStates,
  modes,
  sourceTypes,
} from './vocabulary.ts';

/**
 * Closed sets of values with a name in the OpenAPI document, so that generated clients have a type for each. The registry adds the set of
 * provider ids.
 */
export const namedEnums = {
  Action: actionNames,
  BackupForm: backupForms,
  BackupState: backupStates,
  BackupType: backupTypes,
  EventType: eventTypes,
  FeedVerdict: feedVerdicts,
  MigrationState: migrationStates,
  Mode: modes,
  ProblemCode: problemCodes,
  Reason: reasons,
  RestoreErrorCode: restoreErrorCodes,
  SourceType: sourceTypes,
  Warning: warnings,
} as const;

type EnumName = keyof typeof namedEnums;

/** Schema of a named set. `options`: additional keywords at this place, such as `description` or `default`. */
export function enumOf<Name extends EnumName>(name: Name, options: object = {}) {
  return stringEnum<(typeof namedEnums)[Name]>(namedEnums[name], { title: name, ...options });
}
