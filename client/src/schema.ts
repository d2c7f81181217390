/**
 * The types of the OpenAPI document: `npm run openapi` writes this file.
 */
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the links
         * @description Links to the board, the documentation, the probes and the metrics. Browsers are redirected to the board.
         */
        get: operations["root"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List migrations
         * @description Newest first. All filters must match; `label.<key>=<value>` filters by a label and may be repeated for several labels. Follow `Link: rel="next"`, or pass `nextPageToken` as `pageToken` with the same filters.
         */
        get: operations["listMigrations"];
        put?: never;
        /**
         * Start a migration
         * @description Restores a SQL Server backup into a managed instance. Godwit answers when the vendor has accepted it (201), or after the wait (202): then the migration is stored and continues; follow it at `Location`. A restore cannot be undone, so send an `Idempotency-Key`: a repeated request then never causes a second restore. In the sandbox every example works unchanged.
         */
        post: operations["createMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dry-run a migration
         * @description Takes the body of `createMigration`, checks it, and shows the calls to the vendor in order, masked. Nothing is stored or sent. With `preflight=true` the vendor’s read-only checks run as well.
         */
        post: operations["dryRunMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start many migrations
         * @description At most 100 migrations with common labels: a list of creation bodies, or a folder whose databases become one migration each. Each is checked and stored separately, and its item in the answer has the status and body of a single request; Godwit calls the vendor in the background. With an `Idempotency-Key` a repeated request creates only what the first one did not create.
         */
        post: operations["createMigrationBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/cutover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the databases of a selection
         * @description Cuts over many chains at once. Selects migrations that have not ended by their labels, at most 200. Each is checked and changed separately; its item has the status of a single request. With `dryRun=true` nothing is changed.
         */
        post: operations["cutOverMigrations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a selection
         * @description Ends many restores at once, if their providers allow it now. Selects migrations that have not ended by their labels, at most 200. Each is checked and changed separately; its item has the status of a single request. With `dryRun=true` nothing is changed.
         */
        post: operations["cancelMigrations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the events of all migrations
         * @description Events of all accounts granted to the caller, oldest first. With `Accept: text/event-stream` a live stream that starts with the next event.
         *
         *     In a terminal (`-N` shows each event immediately):
         *
         *         curl -N -H 'Accept: text/event-stream' "$GODWIT/migrations/events"
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the events of a migration
         * @description State changes, backups, and every call to the vendor with its outcome, oldest first. With `Accept: text/event-stream` a live stream that starts with the first event.
         *
         *     In a terminal (`-N` shows each event immediately):
         *
         *         curl -N -H 'Accept: text/event-stream' "$GODWIT/migrations/$ID/events"
         */
        get: operations["listMigrationEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a migration
         * @description Its current state, backups and possible actions (`actions`). Poll with `If-None-Match` at the interval of `Retry-After`, which saves work on both sides.
         */
        get: operations["getMigration"];
        put?: never;
        post?: never;
        /**
         * Delete the record of a migration
         * @description Only in a terminal state. Deletes the record; nothing is sent to the vendor.
         */
        delete: operations["deleteMigration"];
        options?: never;
        head?: never;
        /**
         * Change description or labels
         * @description A merge patch (RFC 7396): `null` removes a member, and absent members stay. Other members cannot be changed.
         */
        patch: operations["updateMigration"];
        trace?: never;
    };
    "/migrations/{id}/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the backups of a migration
         * @description In the order of their restore; the first is the full backup. Without `pageSize` all are on one page.
         */
        get: operations["listBackups"];
        put?: never;
        /**
         * Add a backup to the chain
         * @description A log or differential backup for a migration in mode `full_log` or `full_differential`. Several may be queued; they are sent to the vendor in order of arrival. `final: true` opens the database after this one and also needs the scope `migrations:cutover`.
         */
        post: operations["addBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/backups/{backupId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a backup
         * @description One backup of a migration: its state and, if it failed, why.
         */
        get: operations["getBackup"];
        put?: never;
        post?: never;
        /**
         * Remove a backup from the chain
         * @description A backup that is `queued`, or that `failed` and blocks the chain: the chain then continues without it. If it had replaced a failed backup, that one blocks the chain again. Nothing is sent to the vendor.
         */
        delete: operations["removeBackup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Inspect backup files
         * @description Reads the headers of the files of a folder (`prefix`), or of named ones (`keys`), with the account’s own permissions, and returns the contents and faults of each file and the chains in the order of their restore. In a folder the newest 1,000 files are read. Nothing is stored, and nothing is sent to the restore service.
         */
        post: operations["inspectBackups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/feed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the files of the watched folder
         * @description The files in the folder that a migration takes its backups from, with the result for each: `taken` as a backup, `waiting`, `needless` for the chain, or `refused`, with the reason. In key order.
         */
        get: operations["getFeed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/feed/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Scan the watched folder now
         * @description Lists the folder at once instead of at the next interval, and returns its files. A new file is still taken only if a later listing shows it unchanged.
         */
        post: operations["scanFeed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/backups/{backupId}/upload-target": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get credentials to upload a file
         * @description For a backup with an `upload` source that is registered at the vendor (`blocking` says `awaiting_upload`): returns the destination of the file and temporary keys for the upload. They are requested from the vendor each time and never stored: not in the database, not in the log, and not as the answer to an `Idempotency-Key`, which is accepted without effect. Request new ones when they have expired. After the upload, call `uploaded`. No body is needed.
         */
        post: operations["getUploadTarget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/backups/{backupId}/uploaded": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report that the file is uploaded
         * @description For a backup with an `upload` source: the file is where the vendor expects it, and the restore may start. No body is needed.
         */
        post: operations["markBackupUploaded"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/cutover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the database
         * @description Ends the chain: no more backups, and the database comes online. If the provider needs a final file, 409 `cutover_needs_final_backup`: add the final backup with `final: true`, or name a queued one in `afterBackup`. The body is optional.
         */
        post: operations["cutOverMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the vendor now
         * @description Reads the migration’s state from the vendor now, within the account’s limits, instead of at the next interval, and waits for the answer. Nothing changes at the vendor, so an `Idempotency-Key` has no effect. No body is needed.
         */
        post: operations["refreshMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a migration
         * @description Ends the restore if the provider allows it now; `GET /providers` says which do. No body is needed.
         */
        post: operations["cancelMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/migrations/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a migration
         * @description Submits the failed backup again as a new attempt. For a submission of unknown outcome, `{"assume":"absent"}` sends it again and `{"adopt":{…}}` adopts the vendor ids that you found. The body is optional.
         */
        post: operations["retryMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Webhooks whose accounts are all granted to the caller, oldest first.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description From now on Godwit sends each selected event by `POST` with `content-type: application/cloudevents+json`: CloudEvents 1.0 in structured mode, with `specversion` `1.0`, `id` the id of the event, `source` `/migrations/{id}`, `type` `godwit.` and the type of the event, `subject` the id of the migration, `time`, `datacontenttype` `application/json`, and as `data` the event as `GET /migrations/{id}/events` shows it.
         *
         *     Requests are signed according to [Standard Webhooks](https://www.standardwebhooks.com): `webhook-id` is the id of the event, the same at every attempt; `webhook-timestamp` the seconds of the attempt; `webhook-signature` is `v1,` and the base64 of the HMAC-SHA256. Only this answer contains the secret.
         *
         *     Each event is sent at least once, in no guaranteed order. Any 2xx within the timeout counts as received; everything else is retried with growing pauses for about two days. 410 disables the webhook. Redirects are not followed.
         *
         *     A webhook reads events, so it needs the scope `migrations:read` as well as `migrations:write`.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook
         * @description The receiver and the selected events, without the secret.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description Deletes it with its deliveries. An open attempt may still arrive.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description A merge patch (RFC 7396): absent members stay; `null` clears `description`. After `"enabled": true` a disabled webhook gets new events and its pending deliveries. A URL at another origin gets a new secret, which only this answer contains, because the holder of the old one must not sign for the new receiver. It needs the scope `migrations:read` as well as `migrations:write`.
         */
        patch: operations["updateWebhook"];
        trace?: never;
    };
    "/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret of a webhook
         * @description Creates a new secret, which only this answer contains. For `overlapSeconds` messages carry a signature by each of the two secrets, so that the receiver can switch at any time; a third secret ends the first. No body is needed.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message
         * @description Sends a message of the type `godwit.webhook.test` now, signed like any other, and returns the result. It is not an event and is not retried. An `Idempotency-Key` is accepted without effect. No body is needed.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries of a webhook
         * @description Each event that was or will be sent, with the result of its attempts and the time of the next one, newest first. Deliveries are deleted a week after their end.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver an event
         * @description Makes an ended delivery due again; any other delivery is unchanged. The event is sent with the same `webhook-id`. Repeating this is harmless, so an `Idempotency-Key` is accepted without effect. No body is needed.
         */
        post: operations["redeliverEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the providers
         * @description The capabilities of each cloud as data: modes, sources, limits. Other requests are rejected with `unsupported_by_provider`.
         */
        get: operations["listProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a provider
         * @description The capabilities and limits of one cloud, and whether the accounts granted to the caller are currently called (`circuits`) and slowed down (`slowedOperations`).
         */
        get: operations["getProvider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers/{id}/backup-command": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the backup command
         * @description The vendor’s T-SQL for the source server, with the file names that a chain requires. Requested from the vendor each time; 422 `unsupported_by_provider` if the vendor has none.
         */
        get: operations["getBackupCommand"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/accounts/{name}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks started outside Godwit
         * @description The vendor’s tasks on one instance that no migration of this gateway owns or owned, newest first; read from the vendor now, within the account’s limits. `createMigration` with `adopt` takes one over. `complete: false`: the vendor has more tasks than Godwit reads.
         */
        get: operations["listForeignTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the accounts
         * @description The configured cloud accounts granted to the caller, by name. Credentials are never shown.
         */
        get: operations["listAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all problems
         * @description The closed catalogue of problems in answers with a status of 400 or above.
         */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain a problem
         * @description The meaning of a problem, and what to do. `type` of a problem document links here.
         */
        get: operations["getProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the audit records
         * @description Every request for a change, including rejected ones, newest first. Records are only added, and outlive their migrations. A caller without a grant for all accounts sees the records of its accounts.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Liveness
         * @description Whether the process runs, independent of the store.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Readiness
         * @description Whether this process can take requests: the store answers and it is not shutting down. `?verbose` shows the individual checks, including accounts whose last login was rejected; other accounts still work then, and this process stays ready. Accounts are named for callers with a grant for them and numbered for everybody else.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    event: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An event, at the URL of a webhook
         * @description Sent at least once, in no guaranteed order: ignore an id that you have already processed. Verify the signature before you parse the body.
         */
        post: operations["receiveEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description A configured cloud account; never its credentials. */
        Account: {
            /** @description The name of the account in the configuration. */
            name: string;
            /** @description The cloud that holds the target instance. */
            provider: components["schemas"]["ProviderId"];
            /** @description The region of the instance. */
            region: string;
        };
        /** @description A page of a list. */
        AccountPage: {
            /** @description The page. */
            items: components["schemas"]["Account"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /**
         * @description What can be asked of a migration.
         * @enum {string}
         */
        Action: "add_backup" | "cut_over" | "cancel" | "retry" | "delete";
        /**
         * Adopted
         * @description Adopted source.
         */
        AdoptedSource: {
            /**
             * @description Its kind. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "adopted";
            /** @description Names as the vendor shows them, links without their query; empty if it shows none. */
            files: string[];
        };
        /** @description A page of a list. */
        AuditPage: {
            /** @description The page. */
            items: components["schemas"]["AuditRecord"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /** @description A record of a requested change: caller, resource and outcome. */
        AuditRecord: {
            /** @description Id, sortable by creation. */
            id: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /** @description Name of the key, or issuer and subject of the token as `<issuer>#<subject>`; null: the request had no valid credentials. */
            caller: string | null;
            /** @description Address of the client as reported by configured proxies, else of the peer; `several` in a record of several addresses. */
            remoteAddress: string;
            /** @description Operation id; null: no operation has this method and path. */
            operation: string | null;
            /** @description HTTP method. */
            method: string;
            /** @description The account of the request. */
            account: string | null;
            /** @description The instance of the request. */
            instanceId: string | null;
            /** @description The migration that the request created or names. */
            migrationId: string | null;
            /** @description The webhook that the request created or names. */
            webhookId: string | null;
            /** @description HTTP status of the answer; null: the change was stored, but the process ended before it answered. */
            status: number | null;
            /** @description `ok`, the problem code, or `stored` if there was no answer. */
            outcome: string;
            /** @description Request id, to find the request in the log, or, for a vendor’s id, to quote to its support. */
            requestId: string;
            /** @description Whether the answer repeats the first one for the idempotency key; the request then had no effect. */
            replayed: boolean;
            /** @description Number of requests in the record: 1, except that many rejections are recorded as a sum per minute. */
            count: number;
        };
        /** @description A backup of a migration: the full one, or one that follows it. */
        Backup: {
            /** @description Id, sortable by creation. */
            id: string;
            /** @description Kind of the backup. */
            type: components["schemas"]["BackupType"];
            /** @description Location of the backup. URLs are shown without their query. */
            source: components["schemas"]["ShownSource"];
            /** @description Whether the database comes online after this backup. */
            final: boolean;
            /** @description The header of the file; null: it was not read. */
            header: components["schemas"]["BackupHeader"] | null;
            /** @description `queued` waits for its turn; `skipped` was no longer needed. */
            state: components["schemas"]["BackupState"];
            /** @description The vendor’s status, verbatim; null: none was reported. */
            providerStatus: string | null;
            /** @description The vendor’s ids, verbatim. */
            providerRefs: {
                [key: string]: string;
            };
            /** @description Why it failed; null: it has not failed. */
            error: components["schemas"]["MigrationError"] | null;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            createdAt: string;
            /** @description When the vendor accepted it; null: not yet. */
            submittedAt: string | null;
            /** @description When it ended, as far as the vendor reports it; null: it has not ended. */
            finishedAt: string | null;
        };
        /** @description The vendor’s command for making a backup. */
        BackupCommand: {
            /** @description T-SQL with line breaks, to run on the source server. */
            command: string;
        };
        /**
         * @description What a backup file is: `plain`, `compressed`, or `unreadable` (encrypted, packed in an unknown form, or no backup).
         * @enum {string}
         */
        BackupForm: "plain" | "compressed" | "unreadable";
        /** @description The header of a backup file. Unknown members are null. */
        BackupHeader: {
            /** @description The database that was backed up; null: unknown. */
            database: string | null;
            /** @description Its kind. */
            type: components["schemas"]["BackupType"] | null;
            /** @description When the vendor accepted the first backup; null: not yet. */
            startedAt: string | null;
            /** @description When it ended, as far as the vendor reports it; null: it has not ended. */
            finishedAt: string | null;
            /** @description Log sequence number, in decimal, at which the backup starts; null: unknown. */
            firstLsn: string | null;
            /** @description Log sequence number, in decimal, at which the backup ends; null: unknown. */
            lastLsn: string | null;
            /** @description Log sequence number of its checkpoint; null: unknown. */
            checkpointLsn: string | null;
            /** @description Checkpoint of the full backup that a differential is based on; null: unknown. */
            databaseBackupLsn: string | null;
            /** @description Version of the source server, such as `15.0.2000`; null: unknown. */
            serverVersion: string | null;
            /** @description Whether it was made WITH COPY_ONLY; null: unknown. */
            copyOnly: boolean | null;
            /** @description The position of this stripe and the number of stripes; null: unknown. */
            stripe: {
                /** @description Number of this file, from 1. */
                number: number;
                /** @description Number of stripes of the backup. */
                of: number;
            } | null;
            /** @description Number of backups in the file; null: unknown. */
            sets: number | null;
            /** @description Whether the header could be read. */
            form: components["schemas"]["BackupForm"];
        };
        /** @description A page of a list. */
        BackupPage: {
            /** @description The page. */
            items: components["schemas"]["Backup"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /** @description An additional backup of a chain. */
        BackupRequest: {
            /**
             * @description Kind of the backup; it must fit the mode of the migration.
             * @enum {string}
             */
            type: "differential" | "log";
            /** @description Location of the backup. URLs are shown without their query. */
            source: components["schemas"]["Source"];
            /** @description Whether this is the final backup, after which the database comes online. Default: `false`. */
            final?: boolean;
        };
        /**
         * @description The state of a backup: `queued` waits for its turn; `skipped` was no longer needed.
         * @enum {string}
         */
        BackupState: "queued" | "submitting" | "restoring" | "restored" | "failed" | "skipped";
        /**
         * @description Kind of a backup.
         * @enum {string}
         */
        BackupType: "full" | "differential" | "log";
        /** @description Batch request. */
        BatchRequest: {
            /** @description Labels for every migration of the batch, by which it can be found and changed. */
            labels: {
                [key: string]: string;
            };
            /** @description Each like the body of `createMigration`. Give either these or `folder`. */
            migrations?: components["schemas"]["MigrationRequest"][];
            /** @description A folder with backups of several databases. Each database becomes a migration that takes its backups from the folder, as with `feed`. */
            folder?: {
                /** @description The cloud that holds the target instance. */
                provider: components["schemas"]["ProviderId"];
                /** @description A configured account; optional if the provider has exactly one. */
                account?: string;
                /** @description Default: the account’s region. */
                region?: string;
                /** @description Default: `full`. */
                mode?: components["schemas"]["Mode"];
                /** @description The target of the restore. */
                target: {
                    /** @description The vendor’s id of the managed instance. */
                    instanceId: string;
                };
                /** @description Bucket in the region of the instance. */
                bucket: string;
                /** @description Prefix of the keys, such as `prod/orders/`. */
                prefix: string;
                /** @description Host of the object storage, without scheme and bucket. */
                endpoint?: string;
                /** @description Whether to take later files too; false: only the current files. A migration of mode `full` takes one. Default: `true`. */
                watch?: boolean;
            };
        };
        /** @description The result for each migration of a batch: the migration, or why there is none. */
        BatchResult: {
            /** @description In the order of the request; for a folder, in the order of database names. */
            items: {
                /** @description The instance and the databases of this item, also where it has no migration. */
                target: {
                    /** @description The vendor’s id of the managed instance. */
                    instanceId: string;
                    /** @description The databases and their names on the target; absent: all databases in the backup. */
                    databases?: {
                        /** @description The name inside the backup. */
                        name: string;
                        /** @description The name on the target; default: the same. */
                        restoreAs?: string;
                    }[];
                    /** @description Whether a database of the same name is replaced. */
                    overwrite: boolean;
                };
                /** @description HTTP status of a single request for this item. */
                status: number;
                /** @description The migration that was stored. */
                migration?: components["schemas"]["Migration"];
                /** @description Why there is no migration. */
                problem?: components["schemas"]["Problem"];
                /** @description The effect of the item; only in a dry run. */
                dryRun?: components["schemas"]["DryRun"];
            }[];
        };
        /** @description Cancel selection. */
        CancelSelection: {
            /** @description Selects among the migrations that have not ended. */
            selector: {
                /** @description Migrations that have all of these labels. */
                labels: {
                    [key: string]: string;
                };
                /** @description The cloud that holds the target instance. */
                provider?: components["schemas"]["ProviderId"];
                /** @description A configured account; optional if the provider has exactly one. */
                account?: string;
                /** @description The vendor’s id of the managed instance. */
                instanceId?: string;
            };
        };
        /** @description A changed webhook. */
        ChangedWebhook: {
            /** @description Id, sortable by creation. */
            id: string;
            /** @description Only the origin, because path and query may grant access. */
            url: string;
            /** @description Free text for people. */
            description: string | null;
            /** @description Empty: every type. */
            eventTypes: components["schemas"]["EventType"][];
            /** @description `*` stands for all. */
            accounts: string[];
            /** @description Names of the custom headers of each message. Their values are not shown. */
            headerNames: string[];
            /** @description PEM. */
            caCertificates: string | null;
            /** @description Whether events are sent. */
            enabled: boolean;
            /** @description Why the gateway disabled it; null if it is enabled or a caller disabled it. */
            disabledReason: string | null;
            /** @description Until when messages are also signed with the previous secret; null: they are not. */
            previousSecretUntil: string | null;
            /** @description The creator. Before each attempt Godwit checks its configuration: if the creator’s key was removed or lost its grant for the account, nothing is sent. The grants of a token cannot be checked. */
            caller: string;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updatedAt: string;
            /** @description The new signing secret, if the URL moved to another origin. It is shown only here: keep it. */
            secret?: string;
        };
        /** @description An event as sent to webhooks: CloudEvents 1.0, structured mode. */
        CloudEvent: {
            /**
             * @description Version of CloudEvents.
             * @enum {string}
             */
            specversion: "1.0";
            /** @description The id of the event, the same at every attempt. */
            id: string;
            /** @description `/migrations/` and the id of the migration. */
            source: string;
            /**
             * @description `godwit.` and the type of the event.
             * @enum {string}
             */
            type: "godwit.migration.created" | "godwit.migration.adopted" | "godwit.migration.state_changed" | "godwit.migration.blocked" | "godwit.backup.added" | "godwit.backup.state_changed" | "godwit.backup.removed" | "godwit.feed.file_taken" | "godwit.feed.file_refused" | "godwit.feed.gap_found" | "godwit.feed.gap_closed" | "godwit.call.sent" | "godwit.call.settled";
            /** @description The id of the migration. */
            subject: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            /**
             * @description Media type of `data`.
             * @enum {string}
             */
            datacontenttype: "application/json";
            /** @description The data of the event. */
            data: components["schemas"]["Event"];
        };
        /** @description How the chain ends. */
        CutoverRequest: {
            /** @description A queued backup that becomes the final one; `latest`, for a watched folder: its newest file. */
            afterBackup?: string;
        };
        /** @description Cutover selection. */
        CutoverSelection: {
            /** @description Selects among the migrations that have not ended. */
            selector: {
                /** @description Migrations that have all of these labels. */
                labels: {
                    [key: string]: string;
                };
                /** @description The cloud that holds the target instance. */
                provider?: components["schemas"]["ProviderId"];
                /** @description A configured account; optional if the provider has exactly one. */
                account?: string;
                /** @description The vendor’s id of the managed instance. */
                instanceId?: string;
            };
            /**
             * @description For watched folders: the newest file becomes the final one.
             * @enum {string}
             */
            afterBackup?: "latest";
        };
        /** @description The delivery of one event to one webhook. */
        Delivery: {
            /** @description Id, sortable by creation. */
            id: string;
            /** @description Id of the webhook. */
            webhookId: string;
            /** @description Id of the event. */
            eventId: string;
            /** @description Type of the event. */
            eventType: components["schemas"]["EventType"];
            /** @description Id of the migration. */
            migrationId: string;
            /** @description The configured account. */
            account: string;
            /**
             * @description `pending`: not yet attempted, or to be retried. `failed`: abandoned.
             * @enum {string}
             */
            state: "pending" | "delivered" | "failed";
            /** @description Attempts that have ended. */
            attempts: number;
            /** @description When it was last attempted; null: not yet. */
            lastAttemptAt: string | null;
            /** @description HTTP status of the last answer; null: there was none. */
            lastStatus: number | null;
            /** @description Why the last attempt failed. */
            lastError: string | null;
            /** @description Time of the next attempt; null if it has ended. */
            nextAttemptAt: string | null;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            createdAt: string;
        };
        /** @description A page of a list. */
        DeliveryPage: {
            /** @description The page. */
            items: components["schemas"]["Delivery"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /** @description The effect of a request. Nothing was stored or sent. */
        DryRun: {
            /** @description Whether the request is possible. */
            valid: boolean;
            /** @description The problems of the request; empty: none. */
            problems: {
                /** @description JSON pointer (RFC 6901) into the body. */
                pointer?: string;
                /** @description A query parameter or a header. */
                parameter?: string;
                /** @description An explanation for people. */
                detail: string;
                /** @description Code of the problem that the request would get. */
                code: components["schemas"]["ProblemCode"];
            }[];
            /** @description Information for people that does not prevent the request. */
            notes: {
                /** @description A code from a closed set. */
                code: components["schemas"]["Warning"];
                /** @description An explanation for people. */
                detail: string;
            }[];
            /** @description The calls to the vendor in order, masked. Ids that only the vendor knows appear as `{name}`. */
            plan: {
                /** @description The vendor’s operation. */
                operation: string;
                /** @description HTTP method. */
                method: string;
                /** @description The URL with secrets masked. */
                url: string;
                /** @description Parameters of the call, masked. */
                parameters: unknown;
            }[];
            /** @description With `adopt` and `preflight`: the task that would be adopted, as the vendor shows it now. */
            adoption?: {
                /** @description Its state. */
                state: components["schemas"]["MigrationState"];
                /** @description The vendor’s status, verbatim; null: none was reported. */
                providerStatus: string | null;
                /** @description The vendor’s ids, verbatim. */
                providerRefs: {
                    [key: string]: string;
                };
                /** @description `full`: one restore, then online. `full_log`, `full_differential`: a chain that waits at `awaiting_backup` until its end. */
                mode: components["schemas"]["Mode"];
                /** @description In the order of their restore. */
                backups: {
                    /** @description Its kind. */
                    type: components["schemas"]["BackupType"];
                    /** @description Names as the vendor shows them. */
                    files: string[];
                    /** @description Whether the database comes online after this backup. */
                    final: boolean;
                    /** @description Its state. */
                    state: components["schemas"]["BackupState"];
                }[];
            };
        };
        /** @description A fact about one migration. */
        Event: {
            /** @description Id, sortable by creation. */
            id: string;
            /** @description Id of the migration. */
            migrationId: string;
            /** @description The configured account. */
            account: string;
            /** @description Its kind. */
            type: components["schemas"]["EventType"];
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /** @description The data of the event. */
            data: {
                [key: string]: string | number | boolean | null;
            };
        };
        /** @description A page of a list. */
        EventPage: {
            /** @description The page. */
            items: components["schemas"]["Event"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /**
         * @description What happened.
         * @enum {string}
         */
        EventType: "migration.created" | "migration.adopted" | "migration.state_changed" | "migration.blocked" | "backup.added" | "backup.state_changed" | "backup.removed" | "feed.file_taken" | "feed.file_refused" | "feed.gap_found" | "feed.gap_closed" | "call.sent" | "call.settled";
        /** @description The files of a watched folder. */
        FeedPage: {
            /** @description The page. */
            items: {
                /** @description Key of the object. */
                key: string;
                /** @description Bytes. */
                size: number;
                /** @description When it was uploaded, by the store’s clock; null: unknown. */
                lastModified: string | null;
                /** @description The result for the file. */
                verdict: components["schemas"]["FeedVerdict"];
                /** @description The reason, in words; null: it was taken. */
                reason: string | null;
                /** @description The vendor’s id of the backup. */
                backupId: string | null;
                /** @description The header of the file; null: it was not read. */
                header: components["schemas"]["BackupHeader"] | null;
            }[];
            /** @description For the next page; null: this was the last. */
            nextPageToken: string | null;
            /** @description When the folder was last listed; null: not yet. */
            scannedAt: string | null;
        };
        /**
         * @description The result for a file of a watched folder: `taken` as a backup, `waiting` for its turn or its end, `needless` for the chain, or `refused`.
         * @enum {string}
         */
        FeedVerdict: "taken" | "waiting" | "needless" | "refused";
        /** @description A task at the vendor that was started outside Godwit. */
        ForeignTask: {
            /** @description The vendor’s ids, verbatim. */
            providerRefs: {
                [key: string]: string;
            };
            /** @description Always false: no migration of this gateway owns it. */
            owned: boolean;
            /** @description The vendor’s id of the managed instance. */
            instanceId: string;
            /** @description The vendor’s name of the task; null: it has none. */
            name: string | null;
            /** @description The vendor’s status, verbatim. */
            providerStatus: string;
            /** @description The vendor’s status as a state of Godwit; null: its list lacks it. */
            state: components["schemas"]["MigrationState"] | null;
            /** @description The vendor’s text, such as the reason of a failure; null: there is none. */
            detail: string | null;
            /** @description The mode; null: the vendor’s list lacks it. */
            mode: components["schemas"]["Mode"] | null;
            /** @description Names on the target; null: the vendor’s list lacks them. */
            databases: string[] | null;
            /** @description As the vendor shows them, links without their query; null: its list lacks them. */
            files: string[] | null;
            /** @description When it was stored. */
            createdAt: string | null;
            /** @description When the vendor accepted the first backup; null: not yet. */
            startedAt: string | null;
            /** @description When it ended, as far as the vendor reports it; null: it has not ended. */
            finishedAt: string | null;
        };
        /** @description Tasks of one instance that were started outside Godwit. */
        ForeignTaskPage: {
            /** @description The page. */
            items: components["schemas"]["ForeignTask"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
            /** @description Whether the vendor’s list was read to its end. */
            complete: boolean;
        };
        /** @description The state of this process. */
        Health: {
            /**
             * @description HTTP status, or the state of a probe.
             * @enum {string}
             */
            status: "live" | "ready";
            /** @description The individual checks; only with `?verbose`. */
            checks?: {
                /** @description Name. */
                name: string;
                /** @description Whether the check passes. */
                ok: boolean;
                /** @description An explanation for people. */
                detail: string;
            }[];
        };
        /** @description The headers of the files in a folder, and their chains. */
        Inspection: {
            /** @description The files of the folder, or the named files. */
            files: {
                /** @description Key of the object. */
                key: string;
                /** @description Bytes. */
                size: number;
                /** @description When it was uploaded, by the store’s clock; null: unknown. */
                lastModified: string | null;
                /** @description Shows whether the object has changed; it is not a checksum. Null: unknown. */
                etag: string | null;
                /** @description The store’s name for it; null: unknown. */
                storageClass: string | null;
                /** @description The header of the file; null: it was not read. */
                header: components["schemas"]["BackupHeader"] | null;
                /** @description The faults of the file. */
                faults: {
                    /** @description A code from a closed set. */
                    code: components["schemas"]["ProblemCode"];
                    /** @description An explanation for people. */
                    detail: string;
                }[];
            }[];
            /** @description The chains in these files, one per database. */
            chains: {
                /** @description The database that was backed up. */
                database: string;
                /** @description Whether there is a full backup and no gap after it. */
                complete: boolean;
                /** @description Keys in the order of their restore. */
                restores: string[];
                /** @description Keys that the chain does not need. */
                needless: string[];
                /** @description The gaps in the chain. */
                gaps: {
                    /** @description The file before the gap; null: the full backup is missing. */
                    after: string | null;
                    /** @description The file behind the gap. */
                    before: string;
                    /** @description An explanation for people. */
                    detail: string;
                }[];
            }[];
        };
        /** @description Inspection request. */
        InspectionRequest: {
            /** @description The cloud that holds the target instance. */
            provider: components["schemas"]["ProviderId"];
            /** @description A configured account; optional if the provider has exactly one. */
            account?: string;
            /** @description Default: the account’s region. */
            region?: string;
            /** @description Name of the bucket. */
            bucket: string;
            /** @description Prefix of the keys, such as `prod/orders/`; or give `keys`. */
            prefix?: string;
            /** @description Object keys. */
            keys?: string[];
            /** @description Accepted as in a source, but Godwit always calls the configured endpoint. */
            endpoint?: string;
            /** @description The expected database of the backups. */
            database?: string;
        };
        /**
         * Backup of an instance
         * @description A backup that the cloud made of another instance.
         */
        InstanceBackupSource: {
            /**
             * @description Its kind. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "instance_backup";
            /** @description The vendor’s id of the managed instance. */
            instanceId: string;
            /** @description The vendor’s id of the backup. */
            backupId: string;
            /** @description Version of the source instance, such as `2019_EE`. */
            engineVersion: string;
        };
        /** @description Up to 32 labels of the caller; they are never sent to the vendor. */
        Labels: {
            [key: string]: string;
        };
        /** @description The restore of a backup, or of a chain of them, into a managed instance. */
        Migration: {
            /** @description Id, sortable by creation. */
            id: string;
            /** @description The cloud that holds the target instance. */
            provider: components["schemas"]["ProviderId"];
            /** @description The configured account. */
            account: string;
            /** @description The region of the instance. */
            region: string;
            /** @description The caller’s name for it; null: none. */
            name: string | null;
            /** @description Free text for people. */
            description: string | null;
            /** @description Labels of the caller, never sent to the vendor. */
            labels: {
                [key: string]: string;
            };
            /** @description `full`: one restore, then online. `full_log`, `full_differential`: a chain that waits at `awaiting_backup` until its end. */
            mode: components["schemas"]["Mode"];
            /** @description The target of the restore. */
            target: {
                /** @description The vendor’s id of the managed instance. */
                instanceId: string;
                /** @description The databases and their names on the target; absent: all databases in the backup. */
                databases?: {
                    /** @description The name inside the backup. */
                    name: string;
                    /** @description The name on the target; default: the same. */
                    restoreAs?: string;
                }[];
                /** @description Whether a database of the same name is replaced. */
                overwrite: boolean;
            };
            /** @description Location of the backup. URLs are shown without their query. */
            source?: components["schemas"]["ShownSource"];
            /** @description A folder to take the backups from, in place of `source`. */
            feed?: {
                /** @description Bucket in the region of the instance. */
                bucket: string;
                /** @description Prefix of the keys, such as `prod/orders/`. */
                prefix: string;
                /** @description Host of the object storage, without scheme and bucket. */
                endpoint?: string;
                /** @description Whether to take later files too; false: only the current files. A migration of mode `full` takes one. Default: `true`. */
                watch?: boolean;
                /** @description Key or name of the file that ends the chain, after which the database comes online. */
                lastFile?: string;
            };
            /** @description Options of the restore; each works only if the provider supports it. */
            options: components["schemas"]["Options"];
            /** @description Settings that only one vendor has. */
            providerOptions?: components["schemas"]["ProviderOptions"];
            /** @description Its state. */
            state: components["schemas"]["MigrationState"];
            /** @description The code of the first entry of `blocking`, or why it ended; null: nothing blocks it. */
            stateReason: components["schemas"]["Reason"] | null;
            /** @description The vendor’s status, verbatim; null: none was reported. */
            providerStatus: string | null;
            /** @description The vendor’s ids, verbatim. */
            providerRefs: {
                [key: string]: string;
            };
            /** @description What is possible now. */
            actions: components["schemas"]["Action"][];
            /** @description Why it does not proceed, with the vendor’s own words if a vendor rejected a call. */
            blocking: {
                /** @description A code from a closed set. */
                code: components["schemas"]["Reason"];
                /** @description An explanation for people. */
                detail: string;
                /**
                 * Format: date-time
                 * @description Since when.
                 */
                since: string;
                /** @description The vendor’s own words, if a vendor rejected the call. */
                provider?: {
                    /** @description The cloud that holds the target instance. */
                    name: components["schemas"]["ProviderId"];
                    /** @description The vendor’s operation. */
                    operation: string;
                    /** @description A code from a closed set. */
                    code: string | null;
                    /** @description The vendor’s message, verbatim. */
                    message: string | null;
                    /** @description Request id, to find the request in the log, or, for a vendor’s id, to quote to its support. */
                    requestId: string | null;
                    /** @description HTTP status of the vendor’s answer; null: there was none. */
                    httpStatus: number | null;
                };
            }[];
            /** @description Information for people about a migration that is not itself at fault. */
            warnings: {
                /** @description A code from a closed set. */
                code: components["schemas"]["Warning"];
                /** @description An explanation for people. */
                detail: string;
            }[];
            /** @description The progress of the restore. */
            progress: {
                /** @description Of the backup that is being restored; null: the vendor reports none. */
                percent: number | null;
                /** @description Backups in the chain so far. */
                backupsTotal: number;
                /** @description Restored backups. */
                backupsRestored: number;
                /** @description For a watched folder: how much older the last restored backup is than the newest one of the chain in the folder; null: unknown. */
                behindSeconds: number | null;
            };
            /** @description In the order of their restore. */
            backups: components["schemas"]["Backup"][];
            /** @description Number of backups of a long chain that are omitted after the first one: lists and answers to changes show 50. `GET /migrations/{id}` and `GET /migrations/{id}/backups` have all. */
            backupsOmitted?: number;
            /** @description Why it failed; null: it has not failed. */
            error: components["schemas"]["MigrationError"] | null;
            /** @description The caller that created it, as in the audit. */
            createdBy: string;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            createdAt: string;
            /** @description When the vendor accepted the first backup; null: not yet. */
            startedAt: string | null;
            /** @description When it ended, as far as the vendor reports it; null: it has not ended. */
            finishedAt: string | null;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updatedAt: string;
            /** @description When it was last observed at the vendor; null: not yet. */
            observedAt: string | null;
        };
        /** @description Why it failed: Godwit’s code, an explanation, and the vendor’s own words. */
        MigrationError: {
            /** @description A code from a closed set. */
            code: components["schemas"]["ProblemCode"] | components["schemas"]["RestoreErrorCode"];
            /** @description An explanation for people. */
            detail: string;
            /** @description Whether the same request can succeed later without being changed. */
            retryable: boolean;
            /** @description The vendor’s own words, if a vendor rejected the call. */
            provider?: {
                /** @description The cloud that holds the target instance. */
                name: components["schemas"]["ProviderId"];
                /** @description The vendor’s operation. */
                operation: string;
                /** @description A code from a closed set. */
                code: string | null;
                /** @description The vendor’s message, verbatim. */
                message: string | null;
                /** @description Request id, to find the request in the log, or, for a vendor’s id, to quote to its support. */
                requestId: string | null;
                /** @description HTTP status of the vendor’s answer; null: there was none. */
                httpStatus: number | null;
            };
        };
        /** @description A page of a list. */
        MigrationPage: {
            /** @description The page. */
            items: components["schemas"]["Migration"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /** @description The changeable members of a migration. */
        MigrationPatch: {
            /** @description Free text for people. */
            description?: string | null;
            /** @description Labels of the caller, never sent to the vendor. */
            labels?: {
                [key: string]: string | null;
            } | null;
        };
        /** @description What to restore, and where. */
        MigrationRequest: {
            /** @description The cloud that holds the target instance. */
            provider: components["schemas"]["ProviderId"];
            /** @description A configured account; optional if the provider has exactly one. */
            account?: string;
            /** @description Default: the account’s region. */
            region?: string;
            /** @description A name for people; 4 to 50 characters. */
            name?: string;
            /** @description Free text for people. */
            description?: string;
            /** @description Labels of the caller, never sent to the vendor. */
            labels?: components["schemas"]["Labels"];
            /** @description Default: `full`. */
            mode?: components["schemas"]["Mode"];
            /** @description The target of the restore. */
            target: components["schemas"]["Target"];
            /** @description Location of the backup. URLs are shown without their query. */
            source?: components["schemas"]["Source"];
            /** @description A folder to take the backups from, in place of `source`. */
            feed?: {
                /** @description Bucket in the region of the instance. */
                bucket: string;
                /** @description Prefix of the keys, such as `prod/orders/`. */
                prefix: string;
                /** @description Host of the object storage, without scheme and bucket. */
                endpoint?: string;
                /** @description Whether to take later files too; false: only the current files. A migration of mode `full` takes one. Default: `true`. */
                watch?: boolean;
                /** @description Key or name of the file that ends the chain, after which the database comes online. */
                lastFile?: string;
            };
            /** @description In place of `source`: takes over a task that was started outside Godwit, by the vendor’s ids as `GET /accounts/{name}/tasks` shows them. Nothing is sent. `mode` is optional, because the vendor knows it. */
            adopt?: {
                [key: string]: string;
            };
            /** @description Options of the restore; each works only if the provider supports it. */
            options?: components["schemas"]["Options"];
            /** @description Settings that only one vendor has. */
            providerOptions?: components["schemas"]["ProviderOptions"];
        };
        /**
         * @description The state of a migration, and its possible successors.
         *
         *     * `pending`: Then `restoring` (the vendor accepted the full backup); `cancelling` (cancel, while the outcome of the submission is unknown); `cancelled` (cancel, nothing is at the vendor); `failed` (the vendor refused the full backup).
         *     * `restoring`: Then `awaiting_backup` (a backup of the chain is restored, or an increment failed and the chain lives); `succeeded` (the vendor reports the database online); `failed` (the vendor reports failure); `cancelling` (cancel); `cancelled` (cancel, while the vendor’s outcome is unknown).
         *     * `awaiting_backup`: Then `restoring` (the vendor accepted the next backup); `cutting_over` (cutover, or the vendor accepted the final backup); `succeeded` (the vendor reports the database online); `failed` (the vendor reports failure); `cancelling` (cancel); `cancelled` (cancel, nothing runs at the vendor).
         *     * `cutting_over`: Then `succeeded` (the vendor reports the database online); `failed` (the vendor reports failure); `awaiting_backup` (the vendor refused to open the database, or the final backup failed and the chain lives); `cancelled` (cancel, while the vendor’s outcome is unknown).
         *     * `cancelling`: Then `cancelled` (the vendor has ended the restore); `succeeded` (the restore ended before the cancellation arrived); `failed` (the vendor reports a failure of its own before the cancellation was sent); `restoring` (the vendor refused to cancel); `awaiting_backup` (the vendor refused to cancel); `pending` (the vendor refused to cancel what was registered and not started).
         *     * `succeeded`: terminal.
         *     * `failed`: terminal. Then `pending` (retry).
         *     * `cancelled`: terminal.
         * @enum {string}
         */
        MigrationState: "pending" | "restoring" | "awaiting_backup" | "cutting_over" | "cancelling" | "succeeded" | "failed" | "cancelled";
        /**
         * @description `full`: one restore, then online. `full_log` and `full_differential`: a chain that waits at `awaiting_backup` until its end.
         * @enum {string}
         */
        Mode: "full" | "full_log" | "full_differential";
        /** @description A new webhook. */
        NewWebhook: {
            /** @description Id, sortable by creation. */
            id: string;
            /** @description Only the origin, because path and query may grant access. */
            url: string;
            /** @description Free text for people. */
            description: string | null;
            /** @description Empty: every type. */
            eventTypes: components["schemas"]["EventType"][];
            /** @description `*` stands for all. */
            accounts: string[];
            /** @description Names of the custom headers of each message. Their values are not shown. */
            headerNames: string[];
            /** @description PEM. */
            caCertificates: string | null;
            /** @description Whether events are sent. */
            enabled: boolean;
            /** @description Why the gateway disabled it; null if it is enabled or a caller disabled it. */
            disabledReason: string | null;
            /** @description Until when messages are also signed with the previous secret; null: they are not. */
            previousSecretUntil: string | null;
            /** @description The creator. Before each attempt Godwit checks its configuration: if the creator’s key was removed or lost its grant for the account, nothing is sent. The grants of a token cannot be checked. */
            caller: string;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updatedAt: string;
            /** @description The signing secret, `whsec_` and base64. It is shown only here: keep it. */
            secret: string;
        };
        /**
         * Object storage
         * @description Objects of the vendor’s object storage.
         */
        ObjectStorageSource: {
            /**
             * @description Its kind. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "object_storage";
            /** @description Bucket in the region of the instance. */
            bucket: string;
            /** @description Object keys, without a leading slash. */
            keys: string[];
            /** @description Host of the object storage, without scheme and bucket. */
            endpoint?: string;
        };
        /** @description Options of the restore; each works only if the provider supports it. */
        Options: {
            /**
             * @description When the vendor runs DBCC CHECKDB (Alibaba). The result of `async`, the vendor’s default, arrives after the end of the migration, and Godwit does not wait for it: check the instance.
             * @enum {string}
             */
            consistencyCheck?: "async" | "sync";
            /** @description Makes the vendor check the backup before the restore (Huawei). */
            precheck?: boolean;
            /** @description Keeps the vendor’s copy of the file on the instance’s disk (Huawei). */
            keepDownloadedFiles?: boolean;
        };
        /** @description RFC 9457 problem document. */
        Problem: {
            /** @description Link to the entry of the catalogue. */
            type: string;
            /** @description The same for every problem of the code. */
            title: string;
            /** @description HTTP status, or the state of a probe. */
            status: number;
            /** @description An explanation for people. */
            detail: string;
            /** @description The request id. */
            instance: string;
            /** @description What the problem is; the catalogue explains it. */
            code: components["schemas"]["ProblemCode"];
            /** @description Whether the same request can succeed later without being changed. */
            retryable: boolean;
            /** @description The individual faults of the request. */
            errors?: {
                /** @description JSON pointer (RFC 6901) into the body. */
                pointer?: string;
                /** @description The faulty query parameter or header. */
                parameter?: string;
                /** @description An explanation for people. */
                detail: string;
            }[];
            /** @description The vendor’s own words, if a vendor rejected the call. */
            provider?: {
                /** @description The cloud that holds the target instance. */
                name: components["schemas"]["ProviderId"];
                /** @description The vendor’s operation. */
                operation: string;
                /** @description A code from a closed set. */
                code: string | null;
                /** @description The vendor’s message, verbatim. */
                message: string | null;
                /** @description Request id, to find the request in the log, or, for a vendor’s id, to quote to its support. */
                requestId: string | null;
                /** @description HTTP status of the vendor’s answer; null: there was none. */
                httpStatus: number | null;
            };
        } & {
            [key: string]: unknown;
        };
        /**
         * @description Why a request was rejected; `GET /problems` returns the catalogue.
         *
         *     * `invalid_request`: The request is not valid.
         *     * `unauthenticated`: Credentials are missing or not valid.
         *     * `forbidden`: Not allowed.
         *     * `not_found`: Not found.
         *     * `method_not_allowed`: Method not allowed.
         *     * `not_acceptable`: No acceptable representation.
         *     * `invalid_state`: Not possible in the present state.
         *     * `target_busy`: The target has an active migration.
         *     * `duplicate_backup`: The chain already has this file.
         *     * `cutover_needs_final_backup`: This provider opens a database only with a final backup.
         *     * `idempotency_in_progress`: The first request with this key is still in progress.
         *     * `provider_conflict`: The vendor refuses because of the state of its resource.
         *     * `events_gone`: The event log no longer has this position.
         *     * `precondition_failed`: The resource has changed.
         *     * `payload_too_large`: The body is too large.
         *     * `unsupported_media_type`: Unsupported media type.
         *     * `unsupported_by_provider`: The provider cannot do this.
         *     * `unknown_account`: No such account is configured.
         *     * `idempotency_key_reused`: The idempotency key belongs to another request.
         *     * `encryption_key_required`: Secrets cannot be stored without an encryption key.
         *     * `provider_rejected`: The vendor refused the request.
         *     * `backup_corrupt_or_newer`: The file is not a complete SQL Server backup.
         *     * `newer_version`: The backup comes from a newer SQL Server than the target runs.
         *     * `wrong_backup_kind`: The backup has the wrong type for its place in the chain.
         *     * `backup_striped`: The file is one stripe of several.
         *     * `backup_with_several_sets`: The file holds several backups.
         *     * `log_chain_gap`: A backup between this file and the one before it is missing.
         *     * `log_already_restored`: Everything in this file is already restored.
         *     * `differential_base_mismatch`: The differential backup is based on another full backup.
         *     * `source_missing_or_archived`: The file is missing or in an archive storage class.
         *     * `database_not_in_backup`: The file is a backup of another database.
         *     * `backup_not_checked`: The file could not be checked, and the account requires the check.
         *     * `rate_limited`: Too many requests.
         *     * `internal`: Internal error.
         *     * `provider_auth_failed`: The vendor refused Godwit’s credentials.
         *     * `provider_protocol_error`: The vendor’s response is malformed.
         *     * `provider_throttled`: The vendor throttles.
         *     * `provider_unavailable`: The vendor is not available.
         *     * `overloaded`: Too much work at once, or the store is not available.
         *     * `store_outcome_unknown`: It is unknown whether the request was stored.
         *     * `draining`: This process is shutting down.
         *     * `provider_timeout`: The vendor did not answer in time.
         * @enum {string}
         */
        ProblemCode: "invalid_request" | "unauthenticated" | "forbidden" | "not_found" | "method_not_allowed" | "not_acceptable" | "invalid_state" | "target_busy" | "duplicate_backup" | "cutover_needs_final_backup" | "idempotency_in_progress" | "provider_conflict" | "events_gone" | "precondition_failed" | "payload_too_large" | "unsupported_media_type" | "unsupported_by_provider" | "unknown_account" | "idempotency_key_reused" | "encryption_key_required" | "provider_rejected" | "backup_corrupt_or_newer" | "newer_version" | "wrong_backup_kind" | "backup_striped" | "backup_with_several_sets" | "log_chain_gap" | "log_already_restored" | "differential_base_mismatch" | "source_missing_or_archived" | "database_not_in_backup" | "backup_not_checked" | "rate_limited" | "internal" | "provider_auth_failed" | "provider_protocol_error" | "provider_throttled" | "provider_unavailable" | "overloaded" | "store_outcome_unknown" | "draining" | "provider_timeout";
        /** @description The meaning of a problem, and what to do. */
        ProblemEntry: {
            /** @description A code from a closed set. */
            code: components["schemas"]["ProblemCode"];
            /** @description HTTP status, or the state of a probe. */
            status: number;
            /** @description Name for people. */
            title: string;
            /** @description Whether the same request can succeed later without being changed. */
            retryable: boolean;
            /** @description What to do. */
            help: string;
        };
        /** @description A page of a list. */
        ProblemEntryPage: {
            /** @description The page. */
            items: components["schemas"]["ProblemEntry"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /** @description The capabilities and limits of a cloud. */
        Provider: {
            /** @description The cloud that holds the target instance. */
            id: components["schemas"]["ProviderId"];
            /** @description Name for people. */
            title: string;
            /** @description Supported modes. */
            modes: components["schemas"]["Mode"][];
            /** @description Supported kinds of sources. */
            sources: components["schemas"]["SourceType"][];
            /** @description Objects of an `object_storage` source. */
            filesPerBackup: {
                /** @description At least. */
                min: number;
                /** @description At most. */
                max: number;
            };
            /** @description URLs of a `url` source. */
            urlsPerBackup: {
                /** @description At least. */
                min: number;
                /** @description At most. */
                max: number;
            };
            /** @description The number of databases that a request may name, whether the list may be omitted, and how many may have `restoreAs`. */
            databases: {
                /** @description Whether the list may be omitted. */
                optional: boolean;
                /** @description At least. */
                min: number;
                /** @description At most. */
                max: number;
                /** @description How many databases may have `restoreAs`. */
                renames: number;
            };
            /** @description Whether a database of the same name is replaced. */
            overwrite: boolean;
            /** @description Options of the restore; each works only if the provider supports it. */
            options: string[];
            /** @description Whether a chain can be opened without a final file. */
            cutoverWithoutBackup: boolean;
            /** @description Whether a running restore can be cancelled. */
            cancelWhileRestoring: boolean;
            /** @description Whether a chain of mode `full_log` accepts one differential backup before the logs. */
            differentialBeforeLogs: boolean;
            /**
             * @description The effect of a failed log or differential restore on the chain.
             * @enum {string}
             */
            failedIncrement: "continues" | "vendor_decides" | "fatal";
            /** @description Backups queue in Godwit and are sent one after another. */
            oneRestorePerInstance: boolean;
            /** @description Whether a percentage is known while it runs. */
            progressPercent: boolean;
            /** @description Supported regions; empty: not restricted. */
            regions: string[];
            /** @description Other limits, as texts. */
            limits: {
                [key: string]: string;
            };
            /** @description Whether Godwit makes calls (`closed`). After several consecutive calls without an answer it makes none (`open`) until `retryAt`; then one call probes the vendor (`half_open`). Only when one provider is read. */
            circuits?: {
                /** @description The configured account. */
                account: string;
                /** @description The region of the instance. */
                region: string;
                /**
                 * @description Its state.
                 * @enum {string}
                 */
                state: "closed" | "open" | "half_open";
                /** @description Time of the next probe; null while calls are made. */
                retryAt: string | null;
            }[];
            /** @description Operations that are slowed down because the vendor throttled a call. A throttled call halves the speed (of several that left together, the first one); within a minute without one it returns to 1 and the operation leaves this list. Slow-downs are shared by all processes on a PostgreSQL database. Only when one provider is read. */
            slowedOperations?: {
                /** @description The configured account. */
                account: string;
                /** @description The region of the instance. */
                region: string;
                /** @description The vendor’s operation. */
                operation: string;
                /**
                 * @description The part of the limit in use.
                 * @example 0.5
                 */
                speed: number;
                /** @description No call is sent before this time; null: calls are sent at that speed. */
                pausedUntil: string | null;
            }[];
        };
        /**
         * @description A cloud.
         * @enum {string}
         */
        ProviderId: "alibaba" | "huawei" | "tencent";
        /** @description Settings that only one vendor has. Only the chosen provider’s key may appear. */
        ProviderOptions: {
            /** @description For Alibaba Cloud. */
            alibaba?: {
                /**
                 * @description How the full backup of a chain is submitted; default: the account’s setting.
                 * @enum {string}
                 */
                chainBase?: "updf" | "full";
            };
            /** @description For Huawei Cloud. */
            huawei?: {
                /** @description The enterprise project that the job belongs to. */
                enterpriseProjectId?: string;
                /** @description The backup contains FILESTREAM data. */
                fileStream?: boolean;
                /** @description Tags of the vendor’s job. */
                tags?: {
                    [key: string]: string;
                };
            };
            /** @description For Tencent Cloud. */
            tencent?: Record<string, never>;
        };
        /** @description A page of a list. */
        ProviderPage: {
            /** @description The page. */
            items: components["schemas"]["Provider"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /**
         * @description Why a migration does not proceed.
         *
         *     * `outcome_unknown`: The answer to a changing call is missing, malformed, or an internal error of the vendor. Godwit probes the vendor for the effect of the call and sends nothing until the outcome is known. A call that ends this way `engine.resendTries` times (5), and proves absent each time, counts as refused.
         *     * `provider_throttled`: The vendor asks for fewer calls.
         *     * `provider_unavailable`: The vendor is unreachable or answers with server errors.
         *     * `provider_busy`: The state of the vendor’s resource forbids the call now. Godwit tries again for `engine.busyMs` (1 h); then the call counts as refused.
         *     * `provider_auth_failed`: The vendor refuses the credentials, they have expired, or they contain characters that a header cannot carry.
         *     * `clock_refused`: The vendor refuses the time of the signatures, although Godwit signs by the time in the vendor’s own responses.
         *     * `encryption_key_missing`: A URL of the backup is stored encrypted, and none of the configured keys opens it. Nothing is sent; Godwit tries again every minute.
         *     * `queued_behind_target`: Another migration restores onto the same instance, and the vendor runs one restore per instance at a time.
         *     * `awaiting_upload`: The backup is registered at the vendor. Its file is not uploaded yet.
         *     * `backup_failed`: A backup of a chain failed or was refused. The chain itself is intact.
         *     * `backup_outcome_unknown`: The vendor waits for the next backup of the chain, but its list of files lacks the last one that was sent.
         *     * `cutover_refused`: The vendor refused to open the database.
         *     * `unrecognized_provider_status`: The vendor reports a status that its documentation lacks.
         *     * `stalled`: Nothing has changed at the vendor for `engine.stallMs` (6 h), or the vendor accepted a cancellation and does not carry it out.
         *     * `missing_at_provider`: The vendor no longer lists the task; somebody may have deleted it in the console.
         *     * `awaiting_backup_file`: The watched folder contains no usable full backup yet.
         *     * `log_chain_gap`: A file of the chain is missing in the watched folder, and the files after it wait. Godwit takes the missing file when it appears.
         *     * `feed_unreadable`: Godwit cannot list the watched folder.
         *     * `account_not_configured`: The configuration no longer has the account that the migration began with: the name is missing, or stands for another provider, endpoint or project. Godwit cannot call the vendor for this migration.
         * @enum {string}
         */
        Reason: "outcome_unknown" | "provider_throttled" | "provider_unavailable" | "provider_busy" | "provider_auth_failed" | "clock_refused" | "encryption_key_missing" | "queued_behind_target" | "awaiting_upload" | "backup_failed" | "backup_outcome_unknown" | "cutover_refused" | "unrecognized_provider_status" | "stalled" | "missing_at_provider" | "awaiting_backup_file" | "log_chain_gap" | "feed_unreadable" | "account_not_configured";
        /**
         * @description Why a restore failed, the same for the same cause on every cloud.
         *
         *     * `restore_failed`: The restore failed. The vendor’s error says what is known of the cause.
         *     * `backup_corrupt_or_newer`: The file is damaged or incomplete, is not a SQL Server backup, or comes from a newer SQL Server than the target runs. Check it with RESTORE VERIFYONLY, or back up again.
         *     * `newer_version`: The backup comes from a newer version of SQL Server than the target runs. Use a target of that version or newer.
         *     * `edition_unsupported`: The database uses features that the edition of the target does not have. Use a target of that edition.
         *     * `wrong_backup_kind`: The backup has the wrong type for its place in the chain: a full backup comes first, differential and log backups follow.
         *     * `backup_striped`: The file is one stripe of a backup that was written to several files. No provider restores stripes. Back up again into one file: BACKUP DATABASE … TO DISK with a single target.
         *     * `backup_with_several_sets`: The file contains several backups. No provider documents which of them it restores. Back up again WITH INIT into a file of its own.
         *     * `encrypted_backup`: The backup or the database is encrypted, and the target lacks the certificate. Switch the encryption off at the source and back up again.
         *     * `log_chain_gap`: A backup between this file and the last restored one is missing. Restore the missing one first.
         *     * `log_already_restored`: Everything in this log backup is already restored. Leave it out and continue with the next one.
         *     * `differential_base_mismatch`: The differential backup is based on another full backup. Use one that is based on the restored full backup.
         *     * `target_not_restoring`: The database is not in the state RESTORING: it is already open, or its full backup is missing. Start again from the full backup.
         *     * `target_database_exists`: A database of the restored name exists on the target. Drop it, or choose another name with `restoreAs`.
         *     * `target_database_in_use`: The database is in use on the target. End its connections, then try again.
         *     * `target_switchover`: The target switched over to its standby during the restore. Wait until it runs normally, then try again.
         *     * `insufficient_space`: The target has too little free storage for the file and the restored data. Enlarge it, then try again.
         *     * `database_limit_reached`: The target has reached its limit of databases. Drop one, or use another target.
         *     * `database_not_in_backup`: The backup does not contain the named database. Some vendors distinguish upper and lower case.
         *     * `source_missing_or_archived`: The file is missing or in an archive storage class. Move it to the Standard class, then try again.
         *     * `source_access_denied`: The vendor may not read the file. Give it the right to read the bucket, then try again.
         *     * `source_url_expired`: The signed URL expired before the vendor had read the file. Submit the backup again with a new URL.
         *     * `download_failed`: The vendor could not fetch the file. Check that it exists and that the vendor can read it, then try again.
         *     * `consistency_check_failed`: The consistency check (DBCC CHECKDB) found errors in the restored database. Check the source database.
         * @enum {string}
         */
        RestoreErrorCode: "restore_failed" | "backup_corrupt_or_newer" | "newer_version" | "edition_unsupported" | "wrong_backup_kind" | "backup_striped" | "backup_with_several_sets" | "encrypted_backup" | "log_chain_gap" | "log_already_restored" | "differential_base_mismatch" | "target_not_restoring" | "target_database_exists" | "target_database_in_use" | "target_switchover" | "insufficient_space" | "database_limit_reached" | "database_not_in_backup" | "source_missing_or_archived" | "source_access_denied" | "source_url_expired" | "download_failed" | "consistency_check_failed";
        /** @description The operator’s decision; empty: retry. */
        RetryRequest: {
            /**
             * @description The operator has checked that the vendor did not receive the call of unknown outcome.
             * @enum {string}
             */
            assume?: "absent";
            /** @description The vendor’s ids that the operator found, named as in `providerRefs`. */
            adopt?: {
                [key: string]: string;
            };
        };
        /** @description The links of the API. */
        Root: {
            /** @description Always `Godwit`. */
            name: string;
            /** @description The version of the gateway. */
            version: string;
            /**
             * @description Whether the gateway uses the built-in emulated clouds or configured accounts of real ones.
             * @enum {string}
             */
            environment: "sandbox" | "live";
            /** @description Links by name. */
            links: {
                [key: string]: string;
            };
        };
        /** @description Rotate secret request. */
        RotateSecretRequest: {
            /** @description How long messages are also signed with the old secret; 0: not at all. Default: `86400`. */
            overlapSeconds?: number;
        };
        /** @description The result for each selected migration: its current representation, or why it was not changed. */
        SelectionResult: {
            /** @description The oldest first. */
            items: {
                /** @description Id of the migration. */
                migrationId: string;
                /** @description The instance and the databases of this item, also where it has no migration. */
                target: {
                    /** @description The vendor’s id of the managed instance. */
                    instanceId: string;
                    /** @description The databases and their names on the target; absent: all databases in the backup. */
                    databases?: {
                        /** @description The name inside the backup. */
                        name: string;
                        /** @description The name on the target; default: the same. */
                        restoreAs?: string;
                    }[];
                    /** @description Whether a database of the same name is replaced. */
                    overwrite: boolean;
                };
                /** @description HTTP status of a single request for this item. */
                status: number;
                /** @description The current migration. */
                migration?: components["schemas"]["Migration"];
                /** @description Why it was not changed. */
                problem?: components["schemas"]["Problem"];
            }[];
        };
        /** @description Location of the backup; `adopted`: it was sent outside Godwit. */
        ShownSource: components["schemas"]["ObjectStorageSource"] | components["schemas"]["UrlSource"] | components["schemas"]["InstanceBackupSource"] | components["schemas"]["UploadSource"] | components["schemas"]["AdoptedSource"];
        /** @description Location of the backup. */
        Source: components["schemas"]["ObjectStorageSource"] | components["schemas"]["UrlSource"] | components["schemas"]["InstanceBackupSource"] | components["schemas"]["UploadSource"];
        /**
         * @description Kind of a source.
         * @enum {string}
         */
        SourceType: "object_storage" | "url" | "instance_backup" | "upload";
        /** @description The instance, and the databases on it. */
        Target: {
            /** @description The vendor’s id of the managed instance. */
            instanceId: string;
            /** @description Absent or empty: all databases in the backup. */
            databases?: {
                /** @description The name inside the backup. */
                name: string;
                /** @description The name on the target; default: the same. */
                restoreAs?: string;
            }[];
            /** @description Whether to replace a database of the same name. Default: `false`. */
            overwrite?: boolean;
        };
        /**
         * Upload
         * @description A file that the caller uploads to the vendor’s own bucket.
         */
        UploadSource: {
            /**
             * @description Its kind. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "upload";
            /** @description Name of the file that will be uploaded. */
            fileName: string;
        };
        /** @description The destination of an `upload` backup’s file, with temporary credentials for the upload. */
        UploadTarget: {
            /** @description Name of the bucket. */
            bucket: string;
            /** @description Region of the bucket. */
            region: string;
            /** @description The full key of the object, without a leading slash. */
            key: string;
            /** @description Host of the bucket; upload the file to `https://{host}/{key}`. */
            host: string;
            /** @description Temporary keys of the vendor’s object storage, for this upload only. */
            credentials: {
                /** @description The id of the temporary key. */
                secretId: string;
                /** @description The temporary key. */
                secretKey: string;
                /** @description The session token of the temporary key. */
                token: string;
            };
            /** @description When they become valid; null: at once. */
            startsAt: string | null;
            /**
             * Format: date-time
             * @description When they expire; then request new ones.
             */
            expiresAt: string;
        };
        /**
         * URL
         * @description Files at signed or public URLs.
         */
        UrlSource: {
            /**
             * @description Its kind. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "url";
            /** @description Signed or public URLs. */
            urls: string[];
        };
        /**
         * @description Information for people about a migration that is not itself at fault.
         *
         *     * `backup_not_checked`: Godwit submitted a backup file unchecked, because it could not read the file or its object store.
         *     * `backup_doubtful`: The check of a backup file found something doubtful. Godwit submitted the file all the same.
         *     * `backup_file_changed`: A file of the watched folder changed after Godwit had taken it. It is not sent again.
         *     * `foreign_task_running`: The vendor shows a task on the instance that was begun outside Godwit and has not ended.
         *     * `vendor_outcome_unknown`: The record ended before the vendor’s outcome was known. A restore may still run there.
         *     * `half_restored_database`: A cancellation may have left a database in the state RESTORING.
         *     * `left_behind`: Godwit could not delete what a refused submission had registered at the vendor.
         *     * `cancel_refused`: The vendor refused to cancel, and the restore continues.
         *     * `accepted_after_all`: The vendor has accepted a call that was presumed lost and had been sent again.
         *     * `opened_before_queue_was_empty`: The vendor opened the database while backups were queued. Those backups were not restored.
         *     * `opened_elsewhere`: Somebody opened the database at the vendor, outside Godwit.
         *     * `backup_out_of_order`: The time in a file’s name is older than that of the backup before it.
         *     * `consistency_check_failed`: The vendor’s check of the restored database found errors.
         *     * `consistency_check_passed`: The vendor’s check of the restored database found no errors.
         *     * `database_without_owner`: The instance had no initial account, so the database has no owner.
         *     * `backup_not_listed`: The vendor’s list of files lacks a backup. It is unknown whether the vendor restored it.
         *     * `provider_flow_status`: The vendor’s workflow reports its own status beside an undocumented one.
         *     * `provider_message`: A remark of the vendor, verbatim.
         *     * `provider_note`: A remark of the vendor, explained by Godwit.
         * @enum {string}
         */
        Warning: "backup_not_checked" | "backup_doubtful" | "backup_file_changed" | "foreign_task_running" | "vendor_outcome_unknown" | "half_restored_database" | "left_behind" | "cancel_refused" | "accepted_after_all" | "opened_before_queue_was_empty" | "opened_elsewhere" | "backup_out_of_order" | "consistency_check_failed" | "consistency_check_passed" | "database_without_owner" | "backup_not_listed" | "provider_flow_status" | "provider_message" | "provider_note";
        /** @description The receiver of events, and their selection. */
        Webhook: {
            /** @description Id, sortable by creation. */
            id: string;
            /** @description Only the origin, because path and query may grant access. */
            url: string;
            /** @description Free text for people. */
            description: string | null;
            /** @description Empty: every type. */
            eventTypes: components["schemas"]["EventType"][];
            /** @description `*` stands for all. */
            accounts: string[];
            /** @description Names of the custom headers of each message. Their values are not shown. */
            headerNames: string[];
            /** @description PEM. */
            caCertificates: string | null;
            /** @description Whether events are sent. */
            enabled: boolean;
            /** @description Why the gateway disabled it; null if it is enabled or a caller disabled it. */
            disabledReason: string | null;
            /** @description Until when messages are also signed with the previous secret; null: they are not. */
            previousSecretUntil: string | null;
            /** @description The creator. Before each attempt Godwit checks its configuration: if the creator’s key was removed or lost its grant for the account, nothing is sent. The grants of a token cannot be checked. */
            caller: string;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updatedAt: string;
        };
        /** @description A page of a list. */
        WebhookPage: {
            /** @description The page. */
            items: components["schemas"]["Webhook"][];
            /** @description Pass it as `pageToken` for the next page; null: this is the last one. */
            nextPageToken: string | null;
        };
        /** @description The changeable members of a webhook. */
        WebhookPatch: {
            /**
             * Format: uri
             * @description The receiver’s URL: HTTPS, unless the configuration allows more. It is stored encrypted, and only its origin is shown.
             */
            url?: string;
            /** @description Free text for people. */
            description?: string | null;
            /** @description Selected event types. Empty: every type. */
            eventTypes?: components["schemas"]["EventType"][];
            /** @description Selected accounts; `*` stands for all. The caller needs a grant for each. Absent: all accounts granted to the caller. */
            accounts?: string[];
            /** @description Headers that each message carries, such as `authorization`. Values are stored encrypted and never shown. Headers that Godwit sets itself or that belong to the connection are rejected. A URL at another origin drops the earlier headers. A member that is null removes that header; null removes all. */
            headers?: {
                [key: string]: string | null;
            } | null;
            /** @description Additional trusted authorities (PEM) for the receiver’s certificate, such as a private authority. */
            caCertificates?: string | null;
            /** @description Whether events are sent. Events that occur while it is false are never sent. */
            enabled?: boolean;
        };
        /** @description The receiver of events, and their selection. */
        WebhookRequest: {
            /**
             * Format: uri
             * @description The receiver’s URL: HTTPS, unless the configuration allows more. It is stored encrypted, and only its origin is shown.
             */
            url: string;
            /** @description Free text for people. */
            description?: string | null;
            /** @description Selected event types. Empty: every type. */
            eventTypes?: components["schemas"]["EventType"][];
            /** @description Selected accounts; `*` stands for all. The caller needs a grant for each. Absent: all accounts granted to the caller. */
            accounts?: string[];
            /** @description Headers that each message carries, such as `authorization`. Values are stored encrypted and never shown. Headers that Godwit sets itself or that belong to the connection are rejected. A URL at another origin drops the earlier headers. */
            headers?: {
                [key: string]: string;
            };
            /** @description Additional trusted authorities (PEM) for the receiver’s certificate, such as a private authority. */
            caCertificates?: string | null;
            /** @description Whether events are sent. Events that occur while it is false are never sent. Default: `true`. */
            enabled?: boolean;
        };
        /** @description The result of a test message. */
        WebhookTest: {
            /** @description Whether the receiver answered with a 2xx. */
            delivered: boolean;
            /** @description HTTP status of the answer; null: there was none. */
            status: number | null;
            /** @description Why it was not delivered. */
            error: string | null;
        };
    };
    responses: {
        /** @description `forbidden`: Not allowed */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency_key_reused`: The idempotency key belongs to another request */
        IdempotencyKeyReused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency_key_reused`: The idempotency key belongs to another request. `encryption_key_required`: Secrets cannot be stored without an encryption key */
        IdempotencyKeyReusedOrEncryptionKeyRequired: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency_key_reused`: The idempotency key belongs to another request. `unknown_account`: No such account is configured. `encryption_key_required`: Secrets cannot be stored without an encryption key */
        IdempotencyKeyReusedOrUnknownAccountOrEncryptionKeyRequired: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency_key_reused`: The idempotency key belongs to another request. `unsupported_by_provider`: The provider cannot do this. `encryption_key_required`: Secrets cannot be stored without an encryption key */
        IdempotencyKeyReusedOrUnsupportedByProviderOrEncryptionKeyRequired: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency_key_reused`: The idempotency key belongs to another request. `unsupported_by_provider`: The provider cannot do this. `unknown_account`: No such account is configured. `encryption_key_required`: Secrets cannot be stored without an encryption key. `provider_rejected`: The vendor refused the request */
        IdempotencyKeyReusedOrUnsupportedByProviderOrUnknownAccountOrEncryptionKeyRequiredOrProviderRejected: {
            headers: {
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal`: Internal error */
        Internal: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_request`: The request is not valid */
        InvalidRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_state`: Not possible in the present state */
        InvalidState: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_state`: Not possible in the present state. `duplicate_backup`: The chain already has this file. `idempotency_in_progress`: The first request with this key is still in progress */
        InvalidStateOrDuplicateBackupOrIdempotencyInProgress: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_state`: Not possible in the present state. `idempotency_in_progress`: The first request with this key is still in progress */
        InvalidStateOrIdempotencyInProgress: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_state`: Not possible in the present state. `idempotency_in_progress`: The first request with this key is still in progress. `provider_conflict`: The vendor refuses because of the state of its resource */
        InvalidStateOrIdempotencyInProgressOrProviderConflict: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_state`: Not possible in the present state. `idempotency_in_progress`: The first request with this key is still in progress. `provider_conflict`: The vendor refuses because of the state of its resource. `cutover_needs_final_backup`: This provider opens a database only with a final backup */
        InvalidStateOrIdempotencyInProgressOrProviderConflictOrCutoverNeedsFinalBackup: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_state`: Not possible in the present state. `idempotency_in_progress`: The first request with this key is still in progress. `provider_conflict`: The vendor refuses because of the state of its resource. `target_busy`: The target has an active migration */
        InvalidStateOrIdempotencyInProgressOrProviderConflictOrTargetBusy: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_state`: Not possible in the present state. `provider_conflict`: The vendor refuses because of the state of its resource */
        InvalidStateOrProviderConflict: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_acceptable`: No acceptable representation */
        NotAcceptable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_found`: Not found */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `overloaded`: Too much work at once, or the store is not available. `draining`: This process is shutting down */
        OverloadedOrDraining: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `overloaded`: Too much work at once, or the store is not available. `draining`: This process is shutting down. `provider_throttled`: The vendor throttles. `provider_unavailable`: The vendor is not available */
        OverloadedOrDrainingOrProviderThrottledOrProviderUnavailable: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `overloaded`: Too much work at once, or the store is not available. `draining`: This process is shutting down. `store_outcome_unknown`: It is unknown whether the request was stored */
        OverloadedOrDrainingOrStoreOutcomeUnknown: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `overloaded`: Too much work at once, or the store is not available. `draining`: This process is shutting down. `store_outcome_unknown`: It is unknown whether the request was stored. `provider_throttled`: The vendor throttles. `provider_unavailable`: The vendor is not available */
        OverloadedOrDrainingOrStoreOutcomeUnknownOrProviderThrottledOrProviderUnavailable: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `payload_too_large`: The body is too large */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `precondition_failed`: The resource has changed */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `provider_auth_failed`: The vendor refused Godwit’s credentials. `provider_protocol_error`: The vendor’s response is malformed */
        ProviderAuthFailedOrProviderProtocolError: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `provider_conflict`: The vendor refuses because of the state of its resource */
        ProviderConflict: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `provider_timeout`: The vendor did not answer in time */
        ProviderTimeout: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate_limited`: Too many requests */
        RateLimited: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `target_busy`: The target has an active migration. `idempotency_in_progress`: The first request with this key is still in progress. `provider_conflict`: The vendor refuses because of the state of its resource */
        TargetBusyOrIdempotencyInProgressOrProviderConflict: {
            headers: {
                /** @description Seconds after which to ask again. */
                "Retry-After"?: number;
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: Credentials are missing or not valid */
        Unauthenticated: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown_account`: No such account is configured */
        UnknownAccount: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown_account`: No such account is configured. `encryption_key_required`: Secrets cannot be stored without an encryption key */
        UnknownAccountOrEncryptionKeyRequired: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown_account`: No such account is configured. `provider_rejected`: The vendor refused the request */
        UnknownAccountOrProviderRejected: {
            headers: {
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unknown_account`: No such account is configured. `unsupported_by_provider`: The provider cannot do this. `provider_rejected`: The vendor refused the request */
        UnknownAccountOrUnsupportedByProviderOrProviderRejected: {
            headers: {
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported_by_provider`: The provider cannot do this. `unknown_account`: No such account is configured. `provider_rejected`: The vendor refused the request */
        UnsupportedByProviderOrUnknownAccountOrProviderRejected: {
            headers: {
                /** @description `true`: this answer repeats an earlier one for the same key. */
                "Idempotency-Replayed"?: string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported_media_type`: Unsupported media type */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The request id; it finds the request in the log. */
        RequestId: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    root: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The links. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Root"];
                };
            };
            /** @description Redirects a browser to the board. */
            302: {
                headers: {
                    /** @description Path of the new resource. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    listMigrations: {
        parameters: {
            query?: {
                /** @description The cloud that holds the target instance. */
                provider?: components["schemas"]["ProviderId"];
                /** @description Only migrations of this account. */
                account?: string;
                /** @description Only migrations in this region. */
                region?: string;
                /** @description Only migrations in this state; repeat it for several. */
                state?: components["schemas"]["MigrationState"][];
                /** @description Only migrations onto this instance. */
                instanceId?: string;
                /** @description Only migrations of this name. */
                name?: string;
                /** @description Only migrations created after this time (RFC 3339). */
                createdAfter?: string;
                /** @description Only migrations created before this time (RFC 3339). */
                createdBefore?: string;
                /** @description `createdAt`: oldest first. `-createdAt`: newest first. */
                sort?: "createdAt" | "-createdAt";
                /** @description Items per page. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
                /**
                 * @description Filters by labels, one parameter each: `label.<key>=<value>`.
                 * @example {}
                 */
                labels?: {
                    [key: string]: string;
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of migrations. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MigrationPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    createMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
                /** @description `wait=N`: wait up to N seconds (default 10, at most 20) for the vendor’s acceptance. `respond-async`: answer at once. For example `wait=20`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MigrationRequest"];
            };
        };
        responses: {
            /** @description The vendor has accepted the restore. */
            201: {
                headers: {
                    /** @description Path of the new resource. */
                    Location?: string;
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description The applied preferences. */
                    "Preference-Applied"?: string;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            /** @description Stored. The vendor has not confirmed yet, or the call is in doubt and Godwit probes for it. */
            202: {
                headers: {
                    /** @description Path of the new resource. */
                    Location?: string;
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description The applied preferences. */
                    "Preference-Applied"?: string;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["TargetBusyOrIdempotencyInProgressOrProviderConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrUnsupportedByProviderOrUnknownAccountOrEncryptionKeyRequiredOrProviderRejected"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            502: components["responses"]["ProviderAuthFailedOrProviderProtocolError"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknownOrProviderThrottledOrProviderUnavailable"];
            504: components["responses"]["ProviderTimeout"];
        };
    };
    dryRunMigration: {
        parameters: {
            query?: {
                /** @description Also run the vendor’s read-only checks and read the header of the backup. */
                preflight?: boolean;
            };
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MigrationRequest"];
            };
        };
        responses: {
            /** @description The effect of the request. Nothing was stored or sent. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["ProviderConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnknownAccountOrProviderRejected"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            502: components["responses"]["ProviderAuthFailedOrProviderProtocolError"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknownOrProviderThrottledOrProviderUnavailable"];
            504: components["responses"]["ProviderTimeout"];
        };
    };
    createMigrationBatch: {
        parameters: {
            query?: {
                /** @description Show the result for each item; nothing is stored or sent. */
                dryRun?: boolean;
            };
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description The result for each item. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchResult"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["ProviderConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnknownAccountOrUnsupportedByProviderOrProviderRejected"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            502: components["responses"]["ProviderAuthFailedOrProviderProtocolError"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknownOrProviderThrottledOrProviderUnavailable"];
            504: components["responses"]["ProviderTimeout"];
        };
    };
    cutOverMigrations: {
        parameters: {
            query?: {
                /** @description Show the result for each item; nothing is stored or sent. */
                dryRun?: boolean;
            };
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CutoverSelection"];
            };
        };
        responses: {
            /** @description The result for each item. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelectionResult"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    cancelMigrations: {
        parameters: {
            query?: {
                /** @description Show the result for each item; nothing is stored or sent. */
                dryRun?: boolean;
            };
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelSelection"];
            };
        };
        responses: {
            /** @description The result for each item. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelectionResult"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Items per page. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: {
                /** @description With `Accept: text/event-stream`: the stream starts after this event. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events, or a live stream. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    listMigrationEvents: {
        parameters: {
            query?: {
                /** @description Items per page. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: {
                /** @description With `Accept: text/event-stream`: the stream starts after this event. */
                "Last-Event-ID"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events, or a live stream. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    getMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the representation still has this entity tag. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The migration. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            /** @description Unchanged since the entity tag of `If-None-Match`. */
            304: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    deleteMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidState"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    updateMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["MigrationPatch"];
                "application/json": components["schemas"]["MigrationPatch"];
            };
        };
        responses: {
            /** @description The changed migration. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    listBackups: {
        parameters: {
            query?: {
                /** @description Items per page; absent: all, up to 10,000. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The backups. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    addBackup: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BackupRequest"];
            };
        };
        responses: {
            /** @description Stored; it is sent when its turn comes. */
            201: {
                headers: {
                    /** @description Path of the new resource. */
                    Location?: string;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backup"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidStateOrDuplicateBackupOrIdempotencyInProgress"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrUnsupportedByProviderOrEncryptionKeyRequired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    getBackup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
                /**
                 * @description Id of the backup.
                 * @example bkp_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The backup. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backup"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    removeBackup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
                /**
                 * @description Id of the backup.
                 * @example bkp_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidState"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    inspectBackups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InspectionRequest"];
            };
        };
        responses: {
            /** @description The headers and chains. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inspection"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["ProviderConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnknownAccountOrUnsupportedByProviderOrProviderRejected"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            502: components["responses"]["ProviderAuthFailedOrProviderProtocolError"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknownOrProviderThrottledOrProviderUnavailable"];
            504: components["responses"]["ProviderTimeout"];
        };
    };
    getFeed: {
        parameters: {
            query?: {
                /** @description Items per page; absent: all, up to 10,000. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The files. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["UnknownAccount"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    scanFeed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The files. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnknownAccount"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    getUploadTarget: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
                /**
                 * @description Id of the backup.
                 * @example bkp_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The credentials, valid for some minutes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadTarget"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidStateOrProviderConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnknownAccountOrProviderRejected"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            502: components["responses"]["ProviderAuthFailedOrProviderProtocolError"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknownOrProviderThrottledOrProviderUnavailable"];
            504: components["responses"]["ProviderTimeout"];
        };
    };
    markBackupUploaded: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
                /**
                 * @description Id of the backup.
                 * @example bkp_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Nothing had to be changed. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            /** @description Stored; Godwit calls the vendor in the background. */
            202: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidStateOrIdempotencyInProgress"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    cutOverMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CutoverRequest"];
            };
        };
        responses: {
            /** @description Nothing had to be changed. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            /** @description Stored; Godwit calls the vendor in the background. */
            202: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidStateOrIdempotencyInProgressOrProviderConflictOrCutoverNeedsFinalBackup"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    refreshMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description `wait=N`: wait up to N seconds (default 10, at most 20) for the vendor’s acceptance. `respond-async`: answer at once. For example `wait=20`. */
                Prefer?: string;
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The current migration. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description The applied preferences. */
                    "Preference-Applied"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknownOrProviderThrottledOrProviderUnavailable"];
        };
    };
    cancelMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Nothing had to be changed. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            /** @description Stored; Godwit calls the vendor in the background. */
            202: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidStateOrIdempotencyInProgressOrProviderConflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    retryMigration: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the migration.
                 * @example mig_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryRequest"];
            };
        };
        responses: {
            /** @description Nothing had to be changed. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            /** @description Stored; Godwit calls the vendor in the background. */
            202: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description Seconds after which to ask again. */
                    "Retry-After"?: number;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidStateOrIdempotencyInProgressOrProviderConflictOrTargetBusy"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrEncryptionKeyRequired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description Items per page. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of webhooks. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            /** @description The webhook with its secret. */
            201: {
                headers: {
                    /** @description Path of the new resource. */
                    Location?: string;
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidState"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrUnknownAccountOrEncryptionKeyRequired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the representation still has this entity tag. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the webhook.
                 * @example whk_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Unchanged since the entity tag of `If-None-Match`. */
            304: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the webhook.
                 * @example whk_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the webhook.
                 * @example whk_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["WebhookPatch"];
                "application/json": components["schemas"]["WebhookPatch"];
            };
        };
        responses: {
            /** @description The changed webhook. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedWebhook"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnknownAccountOrEncryptionKeyRequired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
                /** @description Only if the representation still has this entity tag; else 412. For example `"mig_01kbzq3m8e9v6x2c4n7p5r0t1w.3"`. */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Id of the webhook.
                 * @example whk_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateSecretRequest"];
            };
        };
        responses: {
            /** @description The webhook with its new secret. */
            200: {
                headers: {
                    /** @description Version of the representation, for `If-Match` and `If-None-Match`. */
                    ETag?: string;
                    /** @description `true`: this answer repeats an earlier one for the same key. */
                    "Idempotency-Replayed"?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrEncryptionKeyRequired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of the webhook.
                 * @example whk_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The result. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["InvalidState"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description Only deliveries in this state. */
                state?: "pending" | "delivered" | "failed";
                /** @description Items per page. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the webhook.
                 * @example whk_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    redeliverEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice, 1–255 visible ASCII characters, bare or in double quotes. The same request with the same key is answered once: repeat it safely after a timeout. Kept at least 24 hours. For example `3f6c1d0e-orders-2026`. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of the webhook.
                 * @example whk_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                id: string;
                /**
                 * @description Id of the delivery.
                 * @example dlv_01kbzq3m8e9v6x2c4n7p5r0t1w
                 */
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Godwit sends it in the background. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDrainingOrStoreOutcomeUnknown"];
        };
    };
    listProviders: {
        parameters: {
            query?: {
                /** @description Items per page; absent: all, up to 10,000. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The providers. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    getProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the provider. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The provider. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Provider"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    getBackupCommand: {
        parameters: {
            query: {
                /** @description The database on the source server. */
                database: string;
                /** @description Kind of the backup. */
                type: components["schemas"]["BackupType"];
                /** @description Mode of the migration that the backup is for. */
                mode?: components["schemas"]["Mode"];
                /** @description Whether it is the final backup of the chain. */
                final?: boolean;
                /** @description Folder on the source server, with a trailing separator; the vendor’s default is `D:\`. */
                path?: string;
                /** @description The account for the call; optional if the provider has exactly one. */
                account?: string;
            };
            header?: never;
            path: {
                /** @description Id of the provider. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupCommand"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["ProviderConflict"];
            422: components["responses"]["UnsupportedByProviderOrUnknownAccountOrProviderRejected"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            502: components["responses"]["ProviderAuthFailedOrProviderProtocolError"];
            503: components["responses"]["OverloadedOrDrainingOrProviderThrottledOrProviderUnavailable"];
            504: components["responses"]["ProviderTimeout"];
        };
    };
    listForeignTasks: {
        parameters: {
            query: {
                /** @description The vendor’s id of the instance: vendors list tasks by instance. */
                instanceId: string;
                /** @description Default: the account’s region. */
                region?: string;
                /** @description Items per page. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path: {
                /**
                 * @description Name of the account.
                 * @example sandbox-alibaba
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tasks. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForeignTaskPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["ProviderConflict"];
            422: components["responses"]["UnsupportedByProviderOrUnknownAccountOrProviderRejected"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            502: components["responses"]["ProviderAuthFailedOrProviderProtocolError"];
            503: components["responses"]["OverloadedOrDrainingOrProviderThrottledOrProviderUnavailable"];
            504: components["responses"]["ProviderTimeout"];
        };
    };
    listAccounts: {
        parameters: {
            query?: {
                /** @description Items per page; absent: all, up to 10,000. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The accounts. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    listProblems: {
        parameters: {
            query?: {
                /** @description Items per page; absent: all, up to 10,000. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemEntryPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    getProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A problem code.
                 * @example target_busy
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The problem. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemEntry"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Only records of this caller: the name of a key, or issuer and subject of a token as `<issuer>#<subject>`. */
                caller?: string;
                /** @description Only records of this migration. */
                migrationId?: string;
                /** @description Only records since this time (RFC 3339). */
                since?: string;
                /** @description Items per page. */
                pageSize?: number;
                /** @description `nextPageToken` of the previous page, with the same filters. */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of records. */
            200: {
                headers: {
                    /** @description The next page, `rel="next"`. */
                    Link?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    live: {
        parameters: {
            query?: {
                /** @description Show the individual checks. */
                verbose?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process runs. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    ready: {
        parameters: {
            query?: {
                /** @description Show the individual checks. */
                verbose?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["OverloadedOrDraining"];
        };
    };
    receiveEvent: {
        parameters: {
            query?: never;
            header: {
                /** @description The id of the event, the same at every attempt. */
                "webhook-id": string;
                /** @description Time of this attempt, in seconds since 1970. Reject messages older than some minutes. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 of the HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}` (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
            };
        };
        responses: {
            /** @description The receiver no longer exists: disables the webhook. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received; Godwit retries. Redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
