import { describe, expect, it } from 'vitest';
import { helmMissing, helms } from './support/helm.ts';

interface Refusal {
  readonly what: string;
  readonly from: string | null;
  readonly set: readonly string[];
  readonly says: RegExp;
}

const refusals: readonly Refusal[] = [
  { what: 'the defaults, which name no database', from: null, set: [], says: /store\.postgresql\.existingSecret/ },
  {
    what: 'two replicas on SQLite',
    from: 'sqlite',
    set: ['replicaCount=2'],
    says: /sqlite is for exactly one replica/,
  },
  {
    what: 'autoscaling on SQLite',
    from: 'sqlite',
    set: ['autoscaling.enabled=true'],
    says: /sqlite is for exactly one replica/,
  },
  { what: 'no account', from: 'postgresql', set: ['config.accounts=[]'], says: /at least one account/ },
  { what: 'no authentication', from: 'postgresql', set: ['config.auth={"keys":[]}'], says: /keys or jwt/ },
  { what: 'a misspelt value', from: 'postgresql', set: ['replicaCuont=3'], says: /replicaCuont/ },
  { what: 'a misspelt nested value', from: 'postgresql', set: ['ingress.enable=true'], says: /enable\b/ },
  { what: 'a misspelt setting of the configuration', from: 'postgresql', set: ['config.engin={}'], says: /engin\b/ },
  {
    what: 'a misspelt member of an account',
    from: 'postgresql',
    set: ['config.accounts[0].regoin="x"'],
    says: /regoin/,
  },
  { what: 'an unknown cloud', from: 'postgresql', set: ['config.accounts[0].provider="aws"'], says: /provider/ },
  { what: 'a setting that the chart makes', from: 'postgresql', set: ['config.listen={"port":1}'], says: /listen/ },
  {
    what: 'a secret in clear',
    from: 'postgresql',
    set: ['config.accounts[0].credentials.accessKeySecret="plain"'],
    says: /accessKeySecret/,
  },
  {
    what: 'a secret in clear within a form of credentials',
    from: 'sqlite',
    set: [
      'config.accounts[0].credentials={"source":"agency","agencyName":"a","domainName":"d","base":{"accessKeyId":"x","secretAccessKey":"plain"}}',
    ],
    says: /secretAccessKey/,
  },
  {
    what: 'an unknown source of credentials',
    from: 'postgresql',
    set: ['config.accounts[0].credentials={"source":"vault"}'],
    says: /source/,
  },
  {
    what: 'a form of credentials that lacks a member',
    from: 'postgresql',
    set: ['config.accounts[0].credentials={"source":"oidc","roleArn":"acs:ram::1:role/x"}'],
    says: /oidcProviderArn/,
  },
  { what: 'a plain-text encryption key', from: 'postgresql', set: ['config.encryption.key="plain"'], says: /key/ },
  { what: 'a count given as text', from: 'postgresql', set: ['replicaCount="3"'], says: /replicaCount/ },
  {
    what: 'an environment variable that the chart sets',
    from: 'postgresql',
    set: ['extraEnv=[{"name":"PORT","value":"1"}]'],
    says: /extraEnv/,
  },
  {
    what: 'scraping without credentials',
    from: 'postgresql',
    set: ['metrics.serviceMonitor.enabled=true'],
    says: /metrics requires credentials/,
  },
  { what: 'an Ingress without a host', from: 'postgresql', set: ['ingress.enabled=true'], says: /ingress\.hosts/ },
  { what: 'a route without a gateway', from: 'postgresql', set: ['httpRoute.enabled=true'], says: /parentRefs/ },
  { what: 'more fewest replicas than most', from: 'everything', set: ['autoscaling.minReplicas=10'], says: /at least/ },
];

describe.skipIf(helmMissing !== null)(`The chart rejects${helmMissing ? ` (skipped: ${helmMissing})` : ''}`, () => {
  const cases = helms.flatMap((helm) => refusals.map((refusal) => ({ ...refusal, helm, name: helm.name })));

  it.concurrent.each(cases)('$name: $what', async ({ helm, from, set, says }) => {
    const run = await helm.template(from, ...set);
    expect(run.ok).toBe(false);
    expect(run.output).toMatch(says);
  });
});
