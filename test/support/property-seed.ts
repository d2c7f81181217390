import fc from 'fast-check';

/**
 * Property tests draw the same examples in every run, so that a result depends on the change and not on luck. `npm run
 * nightly` draws others; `GODWIT_PROPERTY_SEED` repeats one of its runs.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.GODWIT_PROPERTY_SEED ?? 20_260_101) });
