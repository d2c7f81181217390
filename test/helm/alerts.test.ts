import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { helmMissing, helms, manifestsIn, only } from './support/helm.ts';

/** From Debian's package `prometheus`. */
const promtool = '/usr/bin/promtool';
const missing = helmMissing ?? (existsSync(promtool) ? null : 'promtool is not installed');

interface Series {
  readonly series: string;
  /** In the notation of promtool: a start value and the increment per minute. */
  readonly values: string;
}
interface Case {
  readonly alert: string;
  /** Series that make the alert fire, and the minute by which it fires. */
  readonly fires: readonly Series[];
  readonly by: string;
  /** Series that must not make it fire. */
  readonly silent: readonly Series[];
}

const of = (labels: string): string => `{namespace="databases",job="release-godwit",pod="release-godwit-1"${labels}}`;
const account = ',provider="huawei",account="hw-main"';
const requests = (status: string, route: string, values: string): Series => ({
  series: `godwit_http_requests_total${of(`,method="GET",route="${route}",status_class="${status}"`)}`,
  values,
});
/** Probes of an idle gateway: a few per minute. */
const probes = requests('2xx', '/livez', '0+20x60');

const cases: readonly Case[] = [
  {
    alert: 'GodwitDown',
    fires: [{ series: `up${of('')}`, values: '0x30' }],
    by: '5m',
    silent: [{ series: `up${of('')}`, values: '1x30' }],
  },
  {
    alert: 'GodwitReplicaDown',
    fires: [{ series: `up${of('')}`, values: '0x30' }],
    by: '10m',
    silent: [{ series: `up${of('')}`, values: '1x30' }],
  },
  {
    alert: 'GodwitNotReady',
    fires: [
      {
        series: 'kube_deployment_status_replicas_unavailable{namespace="databases",deployment="release-godwit"}',
        values: '1x30',
      },
    ],
    by: '15m',
    silent: [
      {
        series: 'kube_deployment_status_replicas_unavailable{namespace="databases",deployment="other"}',
        values: '1x30',
      },
    ],
  },
  {
    alert: 'GodwitRestarting',
    fires: [
      {
        series:
          'kube_pod_container_status_restarts_total{namespace="databases",pod="release-godwit-1",container="godwit"}',
        values: '0+1x30',
      },
    ],
    by: '15m',
    silent: [
      {
        series:
          'kube_pod_container_status_restarts_total{namespace="databases",pod="release-godwit-1",container="godwit"}',
        values: '5x30',
      },
    ],
  },
  {
    alert: 'GodwitStoreUnavailable',
    fires: [{ series: `godwit_store_up${of('')}`, values: '0x30' }],
    by: '5m',
    silent: [{ series: `godwit_store_up${of('')}`, values: '1x30' }],
  },
  {
    alert: 'GodwitWorkLate',
    fires: [{ series: `godwit_due_lag_seconds${of('')}`, values: '0+60x30' }],
    by: '15m',
    silent: [{ series: `godwit_due_lag_seconds${of('')}`, values: '90x30' }],
  },
  {
    alert: 'GodwitOutcomeUnknown',
    fires: [{ series: `godwit_unresolved_unknown_outcomes${of(account)}`, values: '1x30' }],
    by: '20m',
    silent: [{ series: `godwit_unresolved_unknown_outcomes${of(account)}`, values: '0x30' }],
  },
  {
    alert: 'GodwitMigrationStuck',
    fires: [{ series: `godwit_migrations_waiting${of(`${account},reason="stalled"`)}`, values: '1x30' }],
    by: '20m',
    silent: [{ series: `godwit_migrations_waiting${of(`${account},reason="queued_behind_target"`)}`, values: '1x30' }],
  },
  {
    alert: 'GodwitCredentialsRefused',
    fires: [{ series: `godwit_vendor_logins_total${of(`${account},outcome="refused"`)}`, values: '0x3 1x30' }],
    by: '15m',
    silent: [{ series: `godwit_vendor_logins_total${of(`${account},outcome="opened"`)}`, values: '0+1x30' }],
  },
  {
    alert: 'GodwitVendorFailing',
    fires: [{ series: `godwit_vendor_calls_total${of(`${account},outcome="timeout"`)}`, values: '0+2x60' }],
    by: '25m',
    silent: [
      { series: `godwit_vendor_calls_total${of(`${account},outcome="timeout"`)}`, values: '0+1x60' },
      { series: `godwit_vendor_calls_total${of(`${account},outcome="ok"`)}`, values: '0+4x60' },
    ],
  },
  {
    alert: 'GodwitServerErrors',
    // One failing request per minute among the probes.
    fires: [requests('5xx', '/migrations', '0+1x60'), probes],
    by: '30m',
    silent: [
      requests('2xx', '/migrations', '0+100x60'),
      requests('5xx', '/migrations', '0+1x60'),
      requests('5xx', '/readyz', '0+20x60'),
      probes,
    ],
  },
  {
    alert: 'GodwitMigrationFailed',
    fires: [{ series: `godwit_migrations_ended_total${of(`${account},state="failed"`)}`, values: '0x5 1x60' }],
    by: '10m',
    silent: [
      { series: `godwit_migrations_ended_total${of(`${account},state="failed"`)}`, values: '3x60' },
      { series: `godwit_migrations_ended_total${of(`${account},state="succeeded"`)}`, values: '0+1x60' },
    ],
  },
  {
    alert: 'GodwitWebhookGivenUp',
    fires: [{ series: `godwit_webhook_attempts_total${of(',outcome="given_up"')}`, values: '0x5 1x60' }],
    by: '10m',
    silent: [{ series: `godwit_webhook_attempts_total${of(',outcome="to_be_retried"')}`, values: '0+1x60' }],
  },
  {
    alert: 'GodwitClockStepped',
    fires: [{ series: `godwit_clock_steps_total${of(',direction="back"')}`, values: '0x5 1x60' }],
    by: '10m',
    silent: [{ series: `godwit_clock_steps_total${of(',direction="back"')}`, values: '0x60' }],
  },
  {
    alert: 'GodwitConfigurationNotInForce',
    fires: [{ series: `godwit_config_reload_failed${of('')}`, values: '0x5 1x60' }],
    by: '20m',
    silent: [
      { series: `godwit_config_reload_failed${of('')}`, values: '0x60' },
      { series: `godwit_config_restart_needed${of('')}`, values: '0x60' },
    ],
  },
  {
    alert: 'GodwitEventLoopSlow',
    fires: [{ series: `nodejs_eventloop_lag_p99_seconds${of('')}`, values: '0.7x30' }],
    by: '20m',
    silent: [{ series: `nodejs_eventloop_lag_p99_seconds${of('')}`, values: '0.1x30' }],
  },
];

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function renderedGroups(): Promise<readonly { readonly rules: readonly Rule[] }[]> {
  const [helm] = helms;
  const run = await helm?.template('sqlite', 'metrics.prometheusRule={"enabled":true}');
  if (run === undefined || !run.ok) throw new Error(run?.output);
  const { spec } = only(manifestsIn(run.stdout), 'PrometheusRule') as { readonly spec?: unknown };
  return (spec as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }).groups;
}

/** Runs tests over the rules. Returns the failures, empty when all pass. */
async function complaints(groups: unknown, tests: readonly object[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-alerts-'));
  await writeFile(join(folder, 'rules.yaml'), stringify({ groups }));
  await writeFile(
    join(folder, 'tests.yaml'),
    stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }),
  );
  return new Promise((done) => {
    execFile(promtool, ['test', 'rules', join(folder, 'tests.yaml')], (error, stdout, stderr) =>
      done(error === null ? '' : `${stdout}${stderr}`),
    );
  });
}

/** Compares the number of firing alerts: promtool has a series for each. */
const counted = (alert: string, series: readonly Series[], at: string, fires: boolean) => ({
  interval: '1m',
  input_series: series.map(({ series: name, values }) => ({ series: name, values })),
  promql_expr_test: [
    {
      expr: `count(ALERTS{alertname="${alert}",alertstate="firing",namespace="databases"})`,
      eval_time: at,
      exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
    },
  ],
});

describe.skipIf(missing !== null)(`the alerts of the chart${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('all have a test case here', async () => {
    const rules = (await renderedGroups()).flatMap((group) => group.rules.map(({ alert }) => alert));
    expect(cases.map(({ alert }) => alert).toSorted()).toEqual(rules.toSorted());
  });

  it('fire with their namespace exactly when they should', async () => {
    const groups = await renderedGroups();
    const tests = cases.flatMap(({ alert, fires, by, silent }) => [
      counted(alert, fires, by, true),
      counted(alert, silent, by, false),
    ]);
    expect(await complaints(groups, tests)).toBe('');
  }, 120_000);
});
