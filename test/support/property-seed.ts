import fc from 'fast-check';

/**
 * Property tests draw the same examples in every run, so that a run tells about the change and not about its luck. `npm run nightly` draws others;
 * `GODWIT_PROPERTY_SEED` repeats one of its runs.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.GODWIT_PROPERTY_SEED ?? 20_260_101) });
