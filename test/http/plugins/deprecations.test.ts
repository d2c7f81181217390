import { describe, expect, it } from 'vitest';
import { deprecations } from '../../../src/http/plugins/deprecations.ts';
import { sharedApp } from '../support/app.ts';
import { aMigration } from '../support/fixtures.ts';

const listMigrations = {
  since: '2026-11-28T00:00:00Z',
  sunset: '2027-06-30T12:00:00Z',
  page: '/docs/guide/versioning',
};
const deprecation = '</docs/guide/versioning>; rel="deprecation"; type="text/html"';

describe('a deprecated operation', () => {
  const app = sharedApp({ deprecations: { listMigrations } });

  it('states in each response since when, until when and why', async () => {
    const answer = await app().app.inject('/migrations');
    expect(answer.headers).toMatchObject({
      deprecation: '@1795824000',
      sunset: 'Wed, 30 Jun 2027 12:00:00 GMT',
      link: deprecation,
    });
  });

  it('states it in an error response too', async () => {
    const answer = await app().app.inject('/migrations?pageSize=0');
    expect([answer.statusCode, answer.headers.deprecation]).toEqual([400, '@1795824000']);
  });

  it('keeps the Link to the next page', async () => {
    app().service.list = async () => [aMigration(), aMigration()];
    const { link } = (await app().app.inject('/migrations?pageSize=1')).headers;
    expect(link).toMatch(/rel="next", <\/docs\/guide\/versioning>; rel="deprecation"/);
  });

  it('is marked in the OpenAPI document; other operations are not', async () => {
    const document = (await app().app.inject('/openapi.json')).json();
    expect(document.paths['/migrations'].get.deprecated).toBe(true);
    expect(document.paths['/migrations'].post).not.toHaveProperty('deprecated');
    expect((await app().app.inject('/providers')).headers).not.toHaveProperty('deprecation');
  });
});

describe('the deprecations of this version', () => {
  it('last at least six months', () => {
    for (const [operation, { since, sunset }] of Object.entries(deprecations))
      expect(Date.parse(sunset) - Date.parse(since), operation).toBeGreaterThan(180 * 86_400_000);
  });
});
