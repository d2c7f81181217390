import type { Call, Handler } from './call.ts';
import { chinaTime, never } from './clock.ts';
import { regions } from './gateway.ts';
import { type Instance, instanceOf } from './instance.ts';
import { page } from './listing.ts';
import { optionalNumber, optionalText, optionalTexts } from './parameters.ts';
import { databasesOn } from './run.ts';

/** DescribeDBInstances. Ignores filters on values that are the same for all instances of the sandbox (project, network, version). */
export const describeDbInstances: Handler = (call) => {
  const { parameters } = call;
  const status = optionalNumber(parameters, 'Status');
  const type = optionalText(parameters, 'InstanceType');
  const key = optionalText(parameters, 'SearchKey');
  const found = (optionalTexts(parameters, 'InstanceIdSet') ?? usedInstances(call))
    .flatMap(existing)
    .map((instance) => describedInstance(call, instance))
    .filter((each) => status === undefined || each.Status === status)
    .filter((each) => type === undefined || each.InstanceType === type)
    .filter((each) => key === undefined || each.InstanceId.includes(key));
  const limit = optionalNumber(parameters, 'Limit') ?? 100;
  const offset = optionalNumber(parameters, 'Offset') ?? 0;
  const shown =
    optionalText(parameters, 'PaginationType') === 'offset'
      ? found.slice(offset, offset + limit)
      : page(call, found, 100);
  return { TotalCount: found.length, DBInstances: shown };
};

/** DescribeDatabases: lists the databases that imports restored. */
export const describeDatabases: Handler = (call) => {
  const { parameters } = call;
  const name = optionalText(parameters, 'Name');
  const instances = (optionalTexts(parameters, 'InstanceIdSet') ?? []).map(instanceOf);
  const direction = optionalText(parameters, 'OrderByType') === 'asc' ? 1 : -1;
  const found = instances
    .flatMap((instance) => databasesOn(call, instance.id).map((database) => ({ ...database, instance: instance.id })))
    .filter((database) => name === undefined || database.name.includes(name))
    .sort((one, other) => direction * (one.since - other.since));
  const shown = page(call, found, 20);
  return {
    TotalCount: found.length,
    DBInstances: instances.map(({ id }) => ({
      InstanceId: id,
      DBDetails: shown
        .filter((database) => database.instance === id)
        .map((database) => ({
          Name: database.name,
          Charset: 'Chinese_PRC_CI_AS',
          Remark: '',
          CreateTime: chinaTime(database.since),
          Status: database.online ? 2 : 1,
          InternalStatus: database.online ? 'ONLINE' : 'RESTORING',
          Encryption: 'disable',
          Accounts: [],
        })),
    })),
  };
};

/** DescribeRegions: lists the regions of the product. */
export const describeRegions: Handler = () => ({
  TotalCount: regions.size,
  RegionSet: [...regions].map(([Region, RegionId]) => ({
    Region,
    RegionName: Region,
    RegionId,
    RegionState: 'AVAILABLE',
  })),
});

function usedInstances(call: Call): readonly string[] {
  const here = call.state.fulls.filter((full) => full.region === call.region);
  return [...new Set(here.map((full) => full.instanceId))];
}

function existing(id: string): readonly Instance[] {
  try {
    return [instanceOf(id)];
  } catch {
    return [];
  }
}

function describedInstance(call: Call, instance: Instance) {
  const type = instance.readOnly ? 'RO' : instance.businessIntelligence ? 'BI' : 'HA';
  return {
    InstanceId: instance.id,
    Name: instance.id,
    Region: call.region,
    RegionId: regions.get(call.region),
    Zone: `${call.region}-1`,
    Status: instance.isolated ? 4 : instance.readOnly ? 11 : 2,
    Version: '2019',
    VersionName: 'SQL Server 2019 Enterprise',
    Storage: 500,
    UsedStorage: 20,
    Memory: 16,
    Cpu: 4,
    InstanceType: type,
    ROFlag: instance.readOnly ? 'RO' : '',
    SubFlag: '',
    HAFlag: type === 'HA' ? 'ALWAYSON' : 'SINGLE',
    Collation: 'Chinese_PRC_CI_AS',
    TimeZone: 'China Standard Time',
    CreateTime: '2024-01-01 00:00:00',
    IsolateTime: never,
    ResourceTags: null,
  };
}
