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

/** A migration that a request is about, and where it restores to, as far as the request has learnt that. */
export interface Subject {
  readonly migrationId: string;
  readonly place?: { readonly account: string; readonly instanceId: string };
}

/** What of a provider the HTTP surface depends on. */
export type HttpProvider = LifeCycleProvider & Pick<Provider, 'options' | 'examples'>;

/** What the routes need. */
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
  /** What was made to show migrations. */
  readonly shown: ShownMigrations;
  /** How a migration is shown: in short where it is one of many or the answer to a change, with all backups of a long chain where it was asked for. */
  readonly represent: (migration: Migration, extent: 'short' | 'whole') => MigrationRepresentation;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Without it a route takes the scope `admin`; with several scopes it takes all of them. */
    access?: Access | readonly Scope[];
    /** Media types of the body; default `application/json`. */
    bodyTypes?: readonly string[];
    /** An absent body counts as an empty object. */
    bodyOptional?: boolean;
    /** The route negotiates for itself what it answers. */
    anyAccept?: boolean;
  }
  interface FastifyRequest {
    /** `routeOptions` as it was read once: Fastify makes it anew each time. */
    route: FastifyRequest['routeOptions'];
    identity: Identity | null;
    /** What the audit says of the request in the transaction of its change; null: nothing has been said yet. */
    auditEntry: AuditEntry | null;
    /** Whether the answer is stored, in the audit and with the idempotency key, by the transaction that settled it. */
    answerKept: boolean;
    /** For the log and the audit. */
    subject: Subject | null;
    /** Accounts of the webhook that the request is about, for the audit. */
    webhookAccounts: readonly string[] | null;
    /** Why the credentials were not taken, for the log; null: they were, or none were needed. */
    refusedBecause: string | null;
    /** The request as the telemetry knows it. */
    progress: RequestInProgress | null;
    /** What every link of the answer begins with; see `publicBase`. */
    base: string;
    /** When the request began, by the injected clock. */
    startedAt: number;
  }
}
