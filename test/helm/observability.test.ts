import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { configMap, helmMissing, helms, manifestsIn, only } from './support/helm.ts';

const fileUrl = new URL('../../helm/godwit/dashboards/godwit.json', import.meta.url);

describe.skipIf(helmMissing !== null).each(helms)(
  `What observes the release, with $name${helmMissing ? ` (skipped: ${helmMissing})` : ''}`,
  (helm) => {
    const rendered = async (from: string, ...sets: readonly string[]) => {
      const run = await helm.template(from, ...sets);
      if (!run.ok) throw new Error(run.output);
      return manifestsIn(run.stdout);
    };

    it('installs the committed dashboard where Grafana’s sidecar finds it', async () => {
      const { metadata, data } = configMap(await rendered('everything'), 'release-godwit-dashboard');
      expect(metadata.labels).toMatchObject({ grafana_dashboard: '1', 'example.com/grafana': 'main' });
      expect(metadata.annotations).toEqual({ grafana_folder: 'Databases' });
      const files = data as Record<string, string>;
      expect(Object.keys(files)).toEqual(['godwit.json']);
      const file = await readFile(fileUrl, 'utf8');
      expect(file).toContain('{{');
      expect(files['godwit.json']?.trim()).toBe(file.trim());
    });

    it('installs no dashboard by default', async () => {
      const names = (await rendered('postgresql')).map(({ metadata }) => metadata.name);
      expect(names).not.toContain('release-godwit-dashboard');
    });

    it('accepts another value for the label', async () => {
      const sets = ['metrics.dashboard={"enabled":true,"labels":{"grafana_dashboard":"databases"}}'];
      const { metadata } = configMap(await rendered('sqlite', ...sets), 'release-godwit-dashboard');
      expect(metadata.labels?.grafana_dashboard).toBe('databases');
      expect(metadata.annotations).toBeUndefined();
    });

    it('passes trace variables to the process, as plain values or from a secret', async () => {
      const { template } = only(await rendered('everything'), 'Deployment').spec as {
        template: { spec: { containers: readonly [{ env: readonly { name: string }[] }] } };
      };
      expect(template.spec.containers[0].env.filter(({ name }) => name.startsWith('OTEL_'))).toEqual([
        { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://collector.observability:4318' },
        {
          name: 'OTEL_EXPORTER_OTLP_HEADERS',
          valueFrom: { secretKeyRef: { name: 'godwit-traces', key: 'headers' } },
        },
      ]);
    });
  },
);
