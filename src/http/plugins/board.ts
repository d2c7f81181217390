import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonCatalogue, warningCatalogue } from '../../domain/reasons.ts';
import { OptionsSchema } from '../../domain/request-schema.ts';
import { feedVerdicts, migrationStates, terminalStates } from '../../domain/vocabulary.ts';
import type { HttpApp, HttpContext, HttpProvider } from '../app-types.ts';
import { servePages } from './pages.ts';

/** The page's template library from its package: ES modules that import each other by relative paths. */
const litHtml = dirname(fileURLToPath(import.meta.resolve('lit-html')));

/**
 * Serves the board at `/board/`, a page that shows migrations to people. The page contains no data; it prompts for a key if the API needs
 * one.
 */
export async function installBoard(app: HttpApp, { providers }: Pick<HttpContext, 'providers'>): Promise<void> {
  const vocabulary = JSON.stringify(vocabularyOf(providers.all));
  app.get(
    '/board/vocabulary.json',
    { schema: { hide: true }, config: { access: 'open', anyAccept: true } },
    async (_request, reply) => reply.type('application/json; charset=utf-8').send(vocabulary),
  );
  await servePages(app, {
    path: '/board',
    folder: 'board',
    files: [
      ...['start.js', 'board.js', 'logo.svg', 'base.css', 'frame.css', 'parts.css', 'views.css', 'sizes.css'],
      ...['api.js', 'curl.js', 'live.js', 'catalogue.js', 'words.js', 'parts.js', 'dialog.js'],
      ...['fields.js', 'form-values.js', 'source.js', 'source-body.js', 'create.js', 'request.js', 'plan.js'],
      ...['list.js', 'filters.js', 'migration.js', 'timeline.js', 'chain.js', 'feed.js', 'facts.js', 'actions.js'],
      ...['vendor-notes.js'],
      ...['lit-html.js', 'directive.js', 'directive-helpers.js', 'directives/repeat.js'],
    ],
    more: ['explorer', litHtml],
    access: 'open',
  });
}

/** The contract's vocabulary for the page: sets of values, meanings of codes, and options. */
function vocabularyOf(providers: readonly HttpProvider[]) {
  return {
    states: migrationStates,
    terminalStates,
    feedVerdicts,
    reasons: wordsOf(reasonCatalogue),
    warnings: wordsOf(warningCatalogue),
    options: OptionsSchema.properties,
    providerOptions: Object.fromEntries(providers.map(({ id, options }) => [id, options.properties ?? {}])),
  };
}

function wordsOf(catalogue: Readonly<Record<string, { readonly meaning: string; readonly action: string | null }>>) {
  return Object.fromEntries(
    Object.entries(catalogue).map(([code, { meaning, action }]) => [code, { meaning, action }]),
  );
}
