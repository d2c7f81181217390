import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { MigrationRepresentation } from '../domain/answer-schema.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { LifeCycleProvider } from '../domain/lifecycle.ts';
import type { Migration } from '../domain/migration.ts';
import type { Provider, ProviderRegistry } from '../domain/provider.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { RequestInProgress } from '../domain/telemetry.ts';
import type { MigrationService } from '../engine/interface.ts';
import type { WebhookService } from '../webhooks/interface.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Authenticator, Identity, Scope } from './auth/authenticator.ts';
import type { Afterwards } from './request/afterwards.ts';
import type { RequestsInFlight } from './request/in-flight.ts';
import type { ShownMigrations } from './routes/shown-migrations.ts';
import type { HttpSettings } from './settings.ts';

/** The Fastify app with types from the routes’ schemas. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Who may call a route: a scope, everybody, or everybody where the documentation is public. */
export type Access = Scope | 'open' | 'documentation';

/** The migration of a request, with the account and instance of its target once they are known. */
export interface Subject {
  readonly migrationId: string;
  readonly place?: { readonly account: string; readonly instanceId: string };
}

/** The part of a provider that the HTTP surface uses. */
export type HttpProvider = LifeCycleProvider & Pick<Provider, 'options' | 'examples'>;

/** The dependencies of the routes. */
export interface HttpContext {
  readonly service: MigrationService;
  readonly webhooks: WebhookService;
  readonly auth: Authenticator;
  readonly runtime: Runtime;
  readonly settings: HttpSettings;
  readonly inFlight: RequestsInFlight;
  readonly afterwards: Afterwards;
  readonly providers: ProviderRegistry<HttpProvider>;
  readonly trail: AuditTrail;
  /** Recently sent representations of migrations. */
  readonly shown: ShownMigrations;
  /**
   * Returns the representation of a migration. `short`: at most `maxShownBackups` backups, for lists and for responses to changes. `whole`:
   * all backups.
   */
  readonly represent: (migration: Migration, extent: 'short' | 'whole') => MigrationRepresentation;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The required scopes, all of them. Default: `admin`. */
    access?: Access | readonly Scope[];
    /** Media types of the body; default `application/json`. */
    bodyTypes?: readonly string[];
    /** An absent body counts as an empty object. */
    bodyOptional?: boolean;
    /** The route handles `Accept` itself. */
    anyAccept?: boolean;
  }
  interface FastifyRequest {
    /** `routeOptions`, read once per request, because Fastify creates the object at each read. */
    route: FastifyRequest['routeOptions'];
    identity: Identity | null;
    /** The audit record that the transaction of the change stores; null until it is created. */
    auditEntry: AuditEntry | null;
    /** Whether the transaction of the change has stored the response, in the audit record and with the idempotency key. */
    answerKept: boolean;
    /** The migration of the request, for the log and the audit; null: none, or not known yet. */
    subject: Subject | null;
    /** Accounts of the request's webhook, for the audit; null: the request has no webhook. */
    webhookAccounts: readonly string[] | null;
    /** Why the credentials were rejected, for the log; null: they were accepted or not required. */
    refusedBecause: string | null;
    /** The request in the telemetry; null before its first hook. */
    progress: RequestInProgress | null;
    /** Prefix of every link in the response; see `publicBase`. */
    base: string;
    /** When the request began, in milliseconds since 1970 by the injected clock. */
    startedAt: number;
  }
}
