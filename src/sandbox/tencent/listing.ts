import { type Call, type Handler, incrementsOf, shownFulls } from './call.ts';
import { instanceOf } from './instance.ts';
import { optionalNumber, optionalNumbers, optionalText, text } from './parameters.ts';
import type { Import } from './state.ts';
import { type View, viewOfFull, viewOfIncrement } from './view.ts';

/** DescribeBackupMigration: lists full imports. */
export const describeBackupMigration: Handler = (call) => {
  const { parameters } = call;
  const id = optionalText(parameters, 'BackupMigrationId');
  const name = optionalText(parameters, 'MigrationName');
  const recoveryType = optionalText(parameters, 'RecoveryType');
  const uploadType = optionalText(parameters, 'UploadType');
  const views = visible(call, shownFulls(call))
    .filter((full) => id === undefined || full.id === id)
    .filter((full) => name === undefined || full.name.includes(name))
    .filter((full) => recoveryType === undefined || full.recoveryType === recoveryType)
    .filter((full) => uploadType === undefined || full.uploadType === uploadType)
    .map((full) => viewOfFull(full, incrementsOf(call, full.id), call.now));
  return listed(call, views, 'BackupMigrationSet');
};

/** DescribeIncrementalMigration: lists the increments of a full import. */
export const describeIncrementalMigration: Handler = (call) => {
  const { parameters } = call;
  const fullId = text(parameters, 'BackupMigrationId');
  const id = optionalText(parameters, 'IncrementalMigrationId');
  const full = visible(call, shownFulls(call)).find((each) => each.id === fullId);
  if (full === undefined) return listed(call, [], 'IncrementalMigrationSet');
  const views = visible(call, incrementsOf(call, full.id))
    .filter((each) => !each.deleted && (id === undefined || each.id === id))
    .map((each) => viewOfIncrement(each, full, call.now));
  return listed(call, views, 'IncrementalMigrationSet');
};

/** The page that Limit and Offset select. Offset is a page number from 0. */
export function page<T>(call: Call, items: readonly T[], defaultLimit: number): readonly T[] {
  const limit = optionalNumber(call.parameters, 'Limit') ?? defaultLimit;
  const offset = (optionalNumber(call.parameters, 'Offset') ?? 0) * limit;
  return items.slice(offset, offset + limit);
}

function visible<T extends Import>(call: Call, imports: readonly T[]): readonly T[] {
  const instance = instanceOf(text(call.parameters, 'InstanceId'));
  const lag = Math.max(call.environment.listLagMs(), instance.lag ? call.environment.restoreMs : 0);
  return imports.filter((each) => call.now - each.createdAt >= lag);
}

function listed(call: Call, views: readonly View[], member: string): Readonly<Record<string, unknown>> {
  const { parameters } = call;
  const fileName = optionalText(parameters, 'BackupFileName');
  const statuses = optionalNumbers(parameters, 'StatusSet') ?? [];
  const found = views
    .filter((view) => fileName === undefined || view.fileNames.some((each) => each.includes(fileName)))
    .filter((view) => statuses.length === 0 || statuses.includes(view.status));
  const sorted = ordered(found, optionalText(parameters, 'OrderBy'), optionalText(parameters, 'OrderByType'));
  return { TotalCount: found.length, [member]: page(call, sorted, 100).map((view) => view.shown) };
}

const orders: Readonly<Record<string, (one: View, other: View) => number>> = {
  name: (one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)),
  createTime: (one, other) => one.createdAt - other.createdAt,
  startTime: (one, other) => one.startedAt - other.startedAt,
  endTime: (one, other) => one.endedAt - other.endedAt,
};

function ordered(views: readonly View[], by: string | undefined, type: string | undefined): readonly View[] {
  const compare = by !== undefined && Object.hasOwn(orders, by) ? orders[by] : undefined;
  const direction = compare !== undefined && type === 'desc' ? -1 : 1;
  const order = compare ?? orders.createTime;
  return [...views].sort((one, other) => direction * (order?.(one, other) ?? 0));
}
