import { describe, expect, it } from 'vitest';
import { providers } from '../../../src/registry.ts';
import { lawsOf } from './laws.ts';
import { vendors } from './vendors.ts';

describe('the provider registry', () => {
  it('contains the providers that the contract tests cover', () => {
    expect(vendors.map(({ provider }) => provider)).toEqual(providers.all);
  });
});

for (const vendor of vendors) lawsOf(vendor);
