import { type FieldFault, Problem } from '../../domain/problem.ts';
import { bodyFaults, queryFaults, type SchemaFault } from './faults.ts';

/** The problem that lists all the faults of a request. */
export function invalidRequest(faults: readonly FieldFault[]): Problem {
  const [first] = faults;
  const place = first === undefined ? '' : (first.pointer ?? first.parameter ?? '');
  const sentence =
    first === undefined ? 'The request is not valid' : `${place === '' ? 'Body' : place}: ${first.detail}`;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more, see \`errors\`)` : '';
  return new Problem('invalid_request', `${sentence}${more}`, { errors: faults });
}

/** One fault of a query parameter or header. */
export function invalidParameter(parameter: string, detail: string): Problem {
  return invalidRequest([{ parameter, detail }]);
}

/** Turns the validator's findings into a problem. An invalid path parameter is `not_found`. */
export function schemaProblem(faults: readonly SchemaFault[], part: string): Problem {
  if (part === 'params') return new Problem('not_found', 'There is no such resource.');
  return invalidRequest(part === 'body' ? bodyFaults(faults) : queryFaults(faults));
}
