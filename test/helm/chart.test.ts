import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkedConfig } from '../support/configuration.ts';
import { configMap, examples, helmMissing, helms, type Manifest, manifestsIn, only } from './support/helm.ts';
import { schemaFault, typeFaults } from './support/kubernetes-types.ts';
import { restrictedViolations } from './support/pod-security.ts';

type Example = (typeof examples)[number];
const kinds: Readonly<Record<Example, readonly string[]>> = {
  postgresql: ['ConfigMap', 'Deployment', 'Pod', 'PodDisruptionBudget', 'Service', 'ServiceAccount'],
  sqlite: ['ConfigMap', 'Deployment', 'PersistentVolumeClaim', 'Pod', 'Service', 'ServiceAccount'],
  everything: [
    ...[
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'HTTPRoute',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'Pod',
    ],
    ...['PodDisruptionBudget', 'PrometheusRule', 'Service', 'ServiceAccount', 'ServiceMonitor'],
  ],
};
/** Drain of the process in seconds, see `src/command.ts`. */
const drainSeconds = 25;
const settings = { timeout: 30_000 };

interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly automountServiceAccountToken: boolean;
    readonly volumes: readonly Record<string, unknown>[];
    readonly containers: readonly [
      {
        readonly env: readonly { name: string; value?: string; valueFrom?: unknown }[];
        readonly lifecycle?: { preStop: { exec: { command: string[] } } };
        readonly volumeMounts: readonly { name: string; mountPath: string }[];
      },
    ];
  };
}
interface DeploymentSpec {
  readonly replicas?: number;
  readonly strategy: unknown;
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly template: PodTemplate;
}

describe.skipIf(helmMissing !== null)(`The chart${helmMissing ? ` (skipped: ${helmMissing})` : ''}`, settings, () => {
  const rendered = new Map<string, readonly Manifest[]>();
  const texts = new Map<string, string>();
  const of = (example: Example, helm = 'helm4') => rendered.get(`${helm} ${example}`) ?? [];
  const deployment = (example: Example) => only(of(example), 'Deployment').spec as DeploymentSpec;

  beforeAll(async () => {
    await Promise.all(
      helms.flatMap((helm) =>
        examples.map(async (example) => {
          const run = await helm.template(example);
          if (!run.ok) throw new Error(run.output);
          texts.set(`${helm.name} ${example}`, run.stdout);
          rendered.set(`${helm.name} ${example}`, manifestsIn(run.stdout));
        }),
      ),
    );
  });

  it.each(helms.flatMap((helm) => [null, ...examples].map((example) => ({ helm, name: helm.name, example }))))(
    '$name lints $example without findings',
    async ({ helm, example }) => {
      const run = await helm.lint(example);
      expect(run.ok, run.output).toBe(true);
      expect(run.output).not.toMatch(/\[(WARNING|ERROR)\]/);
    },
  );

  it.each(examples)('renders %s identically with both Helm versions', (example) => {
    expect(texts.get(`helm3 ${example}`)).toBe(texts.get(`helm4 ${example}`));
  });

  it.each(examples)('renders exactly these kinds for %s', (example) => {
    expect(
      of(example)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(kinds[example]);
  });

  it('renders no object with an unknown field or a wrong type', async () => {
    expect(await typeFaults(examples.flatMap((example) => of(example)))).toBe('');
  });

  it('is tested by a check that notices an unknown field and a wrong type', async () => {
    const service = only(of('postgresql'), 'Service');
    const spec = service.spec as Record<string, unknown>;
    const faults = await typeFaults([
      { ...service, spec: { ...spec, selectr: {} } },
      { ...service, spec: { ...spec, ports: [{ port: '80' }] } },
    ]);
    expect(faults).toContain('"selectr"');
    expect(faults).toContain("'string' is not assignable to type 'number'");
  });

  it('renders every object in accordance with its published schema', async () => {
    for (const manifest of examples.flatMap((example) => of(example)))
      expect([manifest.kind, await schemaFault(manifest)]).toEqual([manifest.kind, null]);
    const broken = { ...only(of('postgresql'), 'Service'), metadata: { name: 7 } } as unknown as Manifest;
    expect(await schemaFault(broken)).not.toBeNull();
  });

  it.each(examples)('names and labels every object of %s in its namespace', (example) => {
    for (const { metadata } of of(example)) {
      expect(metadata.namespace).toBe('databases');
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/instance': 'release' });
    }
  });

  it.each(examples)('keeps the pods of %s within the restricted Pod Security Standard', (example) => {
    const pods = [deployment(example).template, only(of(example), 'Pod')];
    for (const { spec } of pods as { spec: Record<string, unknown> }[]) {
      expect(restrictedViolations(spec)).toEqual([]);
      expect(spec.automountServiceAccountToken).toBe(false);
      for (const container of spec.containers as { securityContext: unknown }[])
        expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    }
  });

  it.each(examples)('selects only the gateway pod, not the test pod, in the service of %s', (example) => {
    const { selector } = only(of(example), 'Service').spec as { selector: Record<string, string> };
    expect(deployment(example).template.metadata.labels).toMatchObject(selector);
    expect(deployment(example).selector.matchLabels).toEqual(selector);
    expect(only(of(example), 'Pod').metadata.labels).not.toMatchObject(selector);
  });

  it.each(examples)('gives the process of %s a longer grace period than its drain time', (example) => {
    const { spec } = deployment(example).template;
    const sleep = Number(spec.containers[0].lifecycle?.preStop.exec.command[1]);
    expect(sleep).toBeGreaterThanOrEqual(5);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(sleep + drainSeconds);
  });

  it('updates PostgreSQL replicas one by one and reads the URL from the secret', () => {
    const { strategy, template, replicas } = deployment('postgresql');
    expect(replicas).toBe(2);
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    expect(template.spec.containers[0].env).toContainEqual({
      name: 'GODWIT_STORE_URL',
      valueFrom: { secretKeyRef: { name: 'godwit-database', key: 'url' } },
    });
  });

  it('recreates the single SQLite replica and keeps its claim', () => {
    const { strategy, template, replicas } = deployment('sqlite');
    expect(replicas).toBe(1);
    expect(strategy).toEqual({ type: 'Recreate' });
    expect(template.spec.containers[0].env).toContainEqual({
      name: 'GODWIT_STORE_URL',
      value: 'sqlite:/data/godwit.db',
    });
    expect(template.spec.volumes).toContainEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'release-godwit-data' },
    });
    expect(only(of('sqlite'), 'PersistentVolumeClaim').metadata.annotations).toEqual({
      'helm.sh/resource-policy': 'keep',
    });
  });

  it('omits the number of replicas when an autoscaler manages it', () => {
    expect(deployment('everything').replicas).toBeUndefined();
  });

  it('mounts secrets as directories so that changes arrive without a restart', () => {
    const { containers, volumes } = deployment('everything').template.spec;
    expect(containers[0].volumeMounts.filter((mount) => 'subPath' in mount)).toEqual([]);
    expect(containers[0].volumeMounts).toContainEqual({
      name: 'secret-0',
      mountPath: '/run/secrets/godwit',
      readOnly: true,
    });
    // Without a group of its own the process reads only files that every user may read.
    expect(volumes).toContainEqual({
      name: 'secret-0',
      secret: { secretName: 'godwit-credentials', defaultMode: 0o444 },
    });
  });

  it('starts new pods when the configuration changes', async () => {
    const [helm] = helms;
    const changed = manifestsIn((await helm?.template('postgresql', 'config.log={"level":"warn"}'))?.stdout ?? '');
    const sum = (spec: unknown) => (spec as DeploymentSpec).template.metadata.annotations['checksum/config'];
    expect(sum(only(changed, 'Deployment').spec)).not.toBe(sum(deployment('postgresql')));
    const limited = await helm?.template('postgresql', 'config.rateLimit={"requestsPerSecond":7}');
    // A running gateway applies this change by itself.
    expect(sum(only(manifestsIn(limited?.stdout ?? ''), 'Deployment').spec)).toBe(sum(deployment('postgresql')));
  });

  it.each(examples)('passes the configuration of %s unchanged, and the gateway accepts it', async (example) => {
    const data = configMap(of(example), 'release-godwit').data as Record<string, string>;
    const config = parse(data['config.yaml'] ?? '') as unknown;
    const values = parse(await readFile(new URL(`../../helm/godwit/ci/${example}.yaml`, import.meta.url), 'utf8'));
    expect(config).toEqual(values.config);
    const literal = JSON.parse(JSON.stringify(config), (name, value) => {
      if (name === 'tokenFile') return import.meta.filename;
      const elsewhere = typeof value?.env === 'string' || typeof value?.file === 'string';
      return elsewhere ? Buffer.alloc(32).toString('base64') : value;
    });
    await expect(checkedConfig(literal, { HOST: '0.0.0.0', PORT: '8080' }, false)).resolves.toBeDefined();
  });

  it('allows DNS, HTTPS outside metadata services, and the database', () => {
    const { egress } = only(of('everything'), 'NetworkPolicy').spec as { egress: unknown[] };
    expect(egress).toEqual([
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      {
        ports: [{ port: 443, protocol: 'TCP' }],
        to: [
          { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '100.100.100.200/32'] } },
          { ipBlock: { cidr: '::/0', except: ['fe80::/10'] } },
        ],
      },
      { ports: [{ port: 6432, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '10.0.0.0/16' } }] },
      { ports: [{ port: 8443, protocol: 'TCP' }] },
    ]);
  });

  it('documents every alert in the runbook', async () => {
    const runbook = await readFile(new URL('../../docs/operations/runbook.md', import.meta.url), 'utf8');
    const names = alerts().map(({ alert }) => alert);
    expect(names.length).toBeGreaterThan(3);
    expect(runbook.match(/(?<=^## )Godwit\w+/gm)).toEqual(names);
  });

  it('uses only existing Godwit metrics in its alerts', async () => {
    const folder = new URL('../../src/telemetry/metrics/', import.meta.url);
    const files = await readdir(folder);
    const source = (await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))).join('\n');
    const used = alerts().flatMap(({ expr }) => expr.match(/(?<=\bgodwit_)[a-z_]+(?=\{)/g) ?? []);
    expect(used.length).toBeGreaterThan(5);
    for (const name of used) expect(source).toContain(`'${name}'`);
  });

  function alerts(): readonly { alert: string; expr: string }[] {
    const spec = only(of('everything'), 'PrometheusRule').spec as {
      groups: { rules: { alert: string; expr: string }[] }[];
    };
    return spec.groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== 'Extra');
  }
});
