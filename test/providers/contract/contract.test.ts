import { describe, expect, it } from 'vitest';
import { providers } from '../../../src/registry.ts';
import { lawsOf } from './laws.ts';
import { vendors } from './vendors.ts';

describe('the registry', () => {
  it('holds the providers that the laws are tried on', () => {
    expect(vendors.map(({ provider }) => provider)).toEqual(providers.all);
  });
});

for (const vendor of vendors) lawsOf(vendor);
