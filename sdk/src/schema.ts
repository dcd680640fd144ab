// Made from the server's own OpenAPI document by `npm run sdk:generate`: not to be edited.
export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the public keys of access tokens (RFC 7517); empty under HS256 */
        get: operations["Jwks_jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the organisation’s keys, newest first */
        get: operations["ApiKeys_list"];
        put?: never;
        /** Make a key for a service; it is shown this once */
        post: operations["ApiKeys_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what a key may do and how it is used */
        get: operations["ApiKeys_get"];
        put?: never;
        post?: never;
        /** Revoke a key, and whatever it made; on every replica at once */
        delete: operations["ApiKeys_revoke"];
        options?: never;
        head?: never;
        /** Change what a key may do, from where, how often and until when */
        patch: operations["ApiKeys_update"];
        trace?: never;
    };
    "/api/v1/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a key a new secret; the old one works on for the grace asked for */
        post: operations["ApiKeys_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/file-access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who had which file of the organisation in hand, newest first */
        get: operations["FileAccess_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the public keys of audit seals (RFC 7517) */
        get: operations["Audit_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what happened in the organisation, newest first */
        get: operations["Audit_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/logs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download the trail, oldest first, with what it takes to check it offline */
        get: operations["Audit_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check that no row was changed, removed, added or moved since it was bound */
        get: operations["Audit_verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Begin to sign in with another: sends the browser there */
        get: operations["ExternalSignIn_begin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a provider sends the browser back: on with a code, or with an error */
        get: operations["ExternalSignIn_callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for another mail that confirms an address
         * @description Answers alike whether or not there is such an account and whether a mail follows.
         */
        post: operations["AccountRecovery_resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm an address with the token of the mail sent there */
        post: operations["AccountRecovery_verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Exchange the code of a redirect for tokens, or for the session cookie */
        post: operations["ExternalSignIn_exchange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List whom one signs in with */
        get: operations["Identities_list"];
        put?: never;
        /** Begin to link another way to sign in; this browser finishes it */
        post: operations["Identities_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign in with it no more; the last way in stays */
        delete: operations["Identities_unlink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with an e-mail or username and a password */
        post: operations["Auth_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Complete a sign-in with a second factor */
        post: operations["SecondFactor_loginMfa"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in by passkey, or complete a sign-in with one */
        post: operations["PasskeySignIn_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for what the browser needs to sign in by passkey */
        post: operations["PasskeySignIn_options"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the current session; its access token is dead at once */
        post: operations["Auth_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End every session one has */
        post: operations["Auth_logoutEverywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read which second factors one has */
        get: operations["Mfa_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one’s passkeys, newest first */
        get: operations["Passkeys_list"];
        put?: never;
        /** Add the passkey that the browser made */
        post: operations["Passkeys_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/passkeys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a passkey */
        delete: operations["Passkeys_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for what the browser needs to make a passkey */
        post: operations["Passkeys_options"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make new recovery codes; the old ones are void */
        post: operations["Mfa_makeRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to set up an authenticator app; it counts once confirmed */
        post: operations["Mfa_setUpTotp"];
        /** Remove the authenticator app, with a code of it or for recovery */
        delete: operations["Mfa_removeTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm the authenticator app by a code; answers with recovery codes */
        post: operations["Mfa_confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the password; every other session ends */
        post: operations["Auth_changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a mail with which to choose a new password
         * @description Answers alike whether or not there is such an account and whether a mail follows.
         */
        post: operations["AccountRecovery_forgot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose a new password with the token of the mail; every session ends
         * @description Signs nobody in: whoever has a second factor is asked for it as always.
         */
        post: operations["AccountRecovery_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read who one is */
        get: operations["Auth_profile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what one may change of oneself */
        patch: operations["Auth_updateProfile"];
        trace?: never;
    };
    "/api/v1/auth/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List whom people may sign in with */
        get: operations["ExternalSignIn_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/reauthenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove again who one is, for what asks for a fresh proof
         * @description Opens a new session of the same kind, answered as at sign-in, and ends the one it was called with.
         */
        post: operations["SecondFactor_reauthenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/reauthenticate/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for what the browser needs to prove again who one is by passkey */
        post: operations["PasskeySignIn_reauthenticationOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Exchange a refresh token for a new pair of tokens */
        post: operations["Auth_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create an account and sign in */
        post: operations["Auth_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where one is signed in */
        get: operations["Sessions_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign out somewhere else, or here */
        delete: operations["Sessions_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one’s tokens, newest first */
        get: operations["PersonalTokens_list"];
        put?: never;
        /** Make a token for a script or tool of one’s own; it is shown this once */
        post: operations["PersonalTokens_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token, and whatever it made; on every replica at once */
        delete: operations["PersonalTokens_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revoke a token or key found where it should not be, by presenting it */
        post: operations["PersonalTokens_revokePresented"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check a credential: whose it is, what it may do and until when */
        get: operations["Auth_verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List backups, the newest first, with how each was verified and copied */
        get: operations["Backups_list"];
        put?: never;
        /** Ask for a backup of the whole installation, which is made as soon as none other is */
        post: operations["Backups_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what is known of a backup, and how far it is */
        get: operations["Backups_get"];
        put?: never;
        post?: never;
        /** Delete a backup and its copy; never the newest that was verified */
        delete: operations["Backups_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a backup verified by a restore beside the database */
        post: operations["Backups_verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List or search one’s conversations by title and messages, the last begun first */
        get: operations["Conversations_list"];
        put?: never;
        /** Begin a conversation */
        post: operations["Conversations_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one conversation */
        get: operations["Conversations_get"];
        put?: never;
        post?: never;
        /** Delete a conversation with its messages */
        delete: operations["Conversations_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List or search the messages of a conversation, newest first */
        get: operations["Conversations_listMessages"];
        put?: never;
        /** Add a question and its answer */
        post: operations["Conversations_addMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one’s files, or those in the trash, the last uploaded first */
        get: operations["Files_list"];
        put?: never;
        /** Upload a file */
        post: operations["Files_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what is known of a file */
        get: operations["Files_get"];
        put?: never;
        post?: never;
        /** Put a file into the trash */
        delete: operations["Files_delete"];
        options?: never;
        head?: never;
        /** Rename a file, attach it to something else, or describe it anew */
        patch: operations["Files_update"];
        trace?: never;
    };
    "/api/v1/files/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Upload a further version of a file, which becomes the current one */
        put: operations["Files_replace"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a file, or get a URL to it where the store itself serves files */
        get: operations["Files_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the links to a file that have not expired, the last made first */
        get: operations["FileLinks_list"];
        put?: never;
        /** Make a link by which anybody may have one version of a file for a while */
        post: operations["FileLinks_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/links/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a link */
        delete: operations["FileLinks_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a file out of the trash */
        post: operations["Files_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a file, the current one first */
        get: operations["FileVersions_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/versions/{n}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download one version of a file */
        get: operations["FileVersions_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the collections that one’s files are in, by name, and how much is in each */
        get: operations["FileCollections_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/shared/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open a link to a file, as it was given */
        get: operations["SharedFiles_redeem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/tus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a resumable upload (tus 1.0), or with all its content also end it */
        post: operations["Tus_create"];
        delete?: never;
        /** What this server can do of tus 1.0 */
        options: operations["Tus_describe"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/tus/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See how far a resumable upload is; tus clients ask by HEAD */
        get: operations["Tus_look"];
        put?: never;
        post?: never;
        /** Give a resumable upload up, with what came of it (tus 1.0) */
        delete: operations["Tus_abandon"];
        options?: never;
        head?: never;
        /** Send the next bytes of a resumable upload (tus 1.0) */
        patch: operations["Tus_append"];
        trace?: never;
    };
    "/api/v1/files/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin an upload whose content goes straight to where it is kept */
        post: operations["DirectUploads_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See how far an upload is */
        get: operations["DirectUploads_get"];
        put?: never;
        post?: never;
        /** Give an upload up, with what came of it */
        delete: operations["DirectUploads_abandon"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a file of what was uploaded; asked again, the same one */
        post: operations["DirectUploads_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Send the content of an upload to its address, where the store does not take it itself */
        put: operations["DirectUploads_receive"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much is kept, and how much may be */
        get: operations["StorageUsage_of"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell how each scheduled job fared last, and when it is due again */
        get: operations["Jobs_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell how many calls this replica answered each minute of the last hour */
        get: operations["Traffic_lately"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/archives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List archives of experiments older than 90 days, the latest experiments first */
        get: operations["LabArchives_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/archives/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download an archive: one experiment a line, as JSON, compressed by gzip */
        get: operations["LabArchives_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/assign-model": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a model judge an instance */
        post: operations["LabInstances_assign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/assign-model/{instance_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Return an instance to the built-in model, or end its challenge */
        delete: operations["LabInstances_unassign"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/assignments/{instance_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List which models judged an instance from when until when, the latest first */
        get: operations["LabInstances_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/comparisons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Compare two models over the experiments that both judged, as champion and challenger */
        get: operations["LabPerformance_compare"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/config/{instance_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the pipeline of an instance: the defaults, until somebody changes it */
        get: operations["LabInstances_config"];
        /** Replace the pipeline of an instance; what is left out has its default */
        put: operations["LabInstances_configure"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List experiments of the last 90 days, the latest first */
        get: operations["LabExperiments_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/experiments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an experiment */
        get: operations["LabExperiments_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/experiments/{id}/outcome": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Correct what was told of an experiment */
        put: operations["LabExperiments_correct"];
        /** Tell what came of an experiment, once */
        post: operations["LabExperiments_tell"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List models, the last registered first, the built-in one last */
        get: operations["LabModels_list"];
        put?: never;
        /** Register a version of an ONNX risk model, which is tried first */
        post: operations["LabModels_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what is known of a model */
        get: operations["LabModels_get"];
        put?: never;
        post?: never;
        /** Delete a model that judges no instance, with its file */
        delete: operations["LabModels_delete"];
        options?: never;
        head?: never;
        /** Change what is said of a model */
        patch: operations["LabModels_update"];
        trace?: never;
    };
    "/api/v1/lab/models/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download the file of a model */
        get: operations["LabModels_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/models/{id}/performance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read how right a model was in the last 90 days */
        get: operations["LabPerformance_of"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lab/pipeline-status/{instance_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what an instance is evaluated with, and how the last evaluation went stage by stage */
        get: operations["LabInstances_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the organisation one belongs to */
        get: operations["Organizations_current"];
        put?: never;
        post?: never;
        /** Have the organisation removed after a time of grace; only its owner */
        delete: operations["Organizations_delete"];
        options?: never;
        head?: never;
        /** Change the organisation’s name and settings */
        patch: operations["Organizations_update"];
        trace?: never;
    };
    "/api/v1/organizations/current/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep an organisation that was about to be removed; only its owner */
        post: operations["Organizations_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the invitations that are open, newest first */
        get: operations["Invitations_list"];
        put?: never;
        /** Invite somebody into the organisation, by mail */
        post: operations["Invitations_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back */
        delete: operations["Invitations_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept an invitation: makes the account and signs in */
        post: operations["Invitations_accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the organisation to somebody in it: its owner, or an admin while it has none */
        post: operations["Organizations_transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the roles one may have here, with their scopes */
        get: operations["Roles_list"];
        put?: never;
        /** Make a role of the organisation’s own */
        post: operations["Roles_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one role */
        get: operations["Roles_get"];
        put?: never;
        post?: never;
        /** Delete a role that nobody has */
        delete: operations["Roles_delete"];
        options?: never;
        head?: never;
        /** Change what a role allows, for all who have it, at once */
        patch: operations["Roles_update"];
        trace?: never;
    };
    "/api/v1/sandbox/savings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Add the savings up by session, user, organisation or day */
        get: operations["SandboxHistory_groupSavings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one’s sessions, the last opened first */
        get: operations["SandboxSessions_list"];
        put?: never;
        /** Open a session over a spot machine, with the keys of its account */
        post: operations["SandboxSessions_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one session */
        get: operations["SandboxSessions_get"];
        put?: never;
        post?: never;
        /**
         * End a session, clean up what it left in the cloud, and forget its keys
         * @description With `sandbox:cancel` anybody’s in the organisation.
         */
        delete: operations["SandboxSessions_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions/{id}/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was decided in a session and done for it, newest first */
        get: operations["SandboxHistory_listActions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions/{id}/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decide whether the machine stays, and where it would be better off */
        post: operations["SandboxEvaluations_evaluate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions/{id}/evaluation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what the last evaluation of a session found, with all it looked at */
        get: operations["SandboxHistory_lastEvaluation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions/{id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the log of a session in its order, or follow it as server-sent events
         * @description With `follow=true` each line is an event `log` with its `seq` as id; `decision` and `session_ended` come in their places.
         */
        get: operations["SandboxHistory_readLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions/{id}/savings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the savings that the evaluations of a session found, newest first */
        get: operations["SandboxHistory_listSavings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox/sessions/{id}/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell of a warning of the cloud, as EventBridge has it */
        post: operations["SandboxEvaluations_tell"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the users of the organisation, newest first */
        get: operations["Users_list"];
        put?: never;
        /** Make an account for somebody */
        post: operations["Users_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one user */
        get: operations["Users_get"];
        put?: never;
        post?: never;
        /** Erase a user and their personal data */
        delete: operations["Users_delete"];
        options?: never;
        head?: never;
        /** Change a user: name, role, active or not */
        patch: operations["Users_update"];
        trace?: never;
    };
    "/api/v1/users/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download all that is held about a person: oneself, or a user one manages */
        get: operations["Users_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/force-password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a password useless and mail its owner a link to choose another */
        post: operations["Users_forcePasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove every second factor of somebody who has lost theirs
         * @description Ends their sessions and tells them by mail. Without effect where there is none.
         */
        delete: operations["UserMfa_reset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/revoke-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End every session and personal token of a user */
        post: operations["Users_revokeSessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring in users from another system, with the hashes of their passwords */
        post: operations["UserImport_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one’s preferences by key */
        get: operations["Preferences_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/preferences/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set a preference */
        put: operations["Preferences_put"];
        post?: never;
        /** Forget a preference */
        delete: operations["Preferences_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report on every component; 503 when a hard dependency fails */
        get: operations["Health_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell that the process can answer; touches no dependency */
        get: operations["Health_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell whether to send traffic here */
        get: operations["Health_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the metrics in Prometheus text format */
        get: operations["Health_scrape"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptedDto: {
            /** @example If there is such an account, a mail is on its way. */
            message: string;
        };
        AcceptInvitationDto: {
            /** @example Ada Lovelace */
            full_name?: string | null;
            /**
             * Format: password
             * @example violet kettle orbit 47 maple
             */
            password: string;
            /** @description As in the link that was mailed; works once. */
            token: string;
            /** @example ada */
            username: string;
        };
        ActionDto: {
            /** Format: date-time */
            created_at: string;
            details: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "decision" | "create_tags" | "stop_instance" | "terminate_instance" | "delete_tags";
            /** @description Why it failed. */
            problem: string | null;
            /** Format: uuid */
            session_id: string;
            /**
             * @description `pending` long after it was created: the server died over it.
             * @enum {string}
             */
            status: "pending" | "done" | "failed" | "skipped";
        };
        ActionPageDto: {
            items: components["schemas"]["ActionDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        AddMessageDto: {
            /**
             * @description What else belongs to it, at most 65536 bytes as JSON in UTF-8.
             * @example {
             *       "instance_id": "i-0abc"
             *     }
             */
            context?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description What was asked, at most 65536 bytes in UTF-8.
             * @example Is it safe to stay?
             */
            query: string;
            /**
             * @description What was answered, at most 65536 bytes in UTF-8.
             * @example Yes, until Friday.
             */
            response: string;
        };
        AddressDto: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
        };
        ApiKeyDto: {
            allowed_ips: string[] | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description Who made it, and whose scopes bound it while they have an account.
             */
            created_by: string | null;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description A few seconds late.
             */
            last_used_at: string | null;
            /** @example 203.0.113.7 */
            last_used_ip: string | null;
            /**
             * @description All that can still be shown of the secret.
             * @example pat_abc...xyz
             */
            masked: string;
            name: string;
            /**
             * Format: date-time
             * @description Until when the secret before the last rotation still works.
             */
            previous_valid_until: string | null;
            requests_per_minute: number | null;
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
            /** @enum {string} */
            status: "active" | "expired";
            /** @description Requests made with it; a few seconds late. */
            usage_count: number;
        };
        ApiKeyPageDto: {
            items: components["schemas"]["ApiKeyDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        ArchiveDto: {
            /** Format: date-time */
            archived_at: string;
            /** @example 1024 */
            experiments: number;
            /** Format: date-time */
            first_at: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_at: string;
            /**
             * @description When its experiments were, in UTC.
             * @example 2026-01
             */
            month: string;
            /** @description Of the compressed bytes, in hexadecimal. */
            sha256: string;
            /**
             * @description In bytes, compressed.
             * @example 48213
             */
            size: number;
        };
        ArchivePageDto: {
            items: components["schemas"]["ArchiveDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        AssignmentDto: {
            /**
             * Format: date-time
             * @description Since when it is in force.
             */
            assigned_at: string;
            /** Format: uuid */
            assigned_by: string | null;
            /**
             * Format: date-time
             * @description Until when it was; null while it is.
             */
            ended_at: string | null;
            /** Format: uuid */
            ended_by: string | null;
            /** Format: uuid */
            id: string;
            /** @example i-0abc1234def567890 */
            instance_id: string;
            model: components["schemas"]["ModelNameDto"];
            /**
             * @description The champion decides. A challenger’s prediction is recorded beside, to compare them.
             * @enum {string}
             */
            role: "champion" | "challenger";
        };
        AssignmentPageDto: {
            items: components["schemas"]["AssignmentDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        AssignModelDto: {
            /** @example i-0abc1234def567890 */
            instance_id: string;
            /** Format: uuid */
            model_id: string;
            /**
             * @description The champion decides. A challenger’s prediction is recorded beside, to compare them.
             * @default champion
             * @enum {string}
             */
            role?: "champion" | "challenger";
        };
        AuditKeysDto: {
            keys: {
                [key: string]: unknown;
            }[];
        };
        AuditLogDto: {
            /** @example session.open */
            action: string;
            /** Format: date-time */
            created_at: string;
            details: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            id: string;
            /** @example 203.0.113.7 */
            ip: string | null;
            request_id: string | null;
            /** @example session:0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11 */
            resource: string;
            user_agent: string | null;
            /**
             * Format: uuid
             * @description Who did it; null for strangers and the system.
             */
            user_id: string | null;
        };
        AuditLogPageDto: {
            items: components["schemas"]["AuditLogDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        AuditVerificationDto: {
            /** @description The first fault; absent where there is none. */
            broken_at?: components["schemas"]["ChainFaultDto"];
            /** @description Links that hold. */
            checked: number;
            /** @description The last link that holds. */
            head: components["schemas"]["ChainHeadDto"];
            valid: boolean;
        };
        BackupDto: {
            /** @description Of what is being done with it now; 0 once that succeeded. */
            attempts: number;
            /** @description Of all its objects, before they were sealed; null until it is made. */
            bytes: number | null;
            /** Format: date-time */
            created_at: string;
            /** @example 12.5 */
            duration_seconds: number | null;
            /** @enum {string} */
            engine: "pg_dump" | "pgbackrest";
            /** @description What the last attempt failed of. */
            error: components["schemas"]["BackupFaultDto"] | null;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "full" | "incremental";
            /**
             * Format: uuid
             * @description What it continues.
             */
            parent_id: string | null;
            /** @description Read of the database so far. */
            progress_bytes: number;
            replica: components["schemas"]["BackupReplicaDto"];
            /** Format: uuid */
            requested_by: string | null;
            /** Format: date-time */
            started_at: string | null;
            /** @enum {string} */
            status: "queued" | "running" | "good" | "failed" | "damaged";
            /** @description What its manifest tells; null until it is made. */
            summary: components["schemas"]["BackupSummaryDto"] | null;
            /** @enum {string} */
            trigger: "schedule" | "person" | "found";
            verification: components["schemas"]["BackupVerificationDto"];
        };
        BackupFaultDto: {
            /** @example backup_failed */
            code: string;
            /** @description The same in words. */
            detail: string | null;
        };
        BackupPageDto: {
            items: components["schemas"]["BackupDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        BackupReplicaDto: {
            /**
             * Format: date-time
             * @description When the copy was made and checked.
             */
            copied_at: string | null;
            /** @description Why there is none. */
            detail: string | null;
            /**
             * @description `none` where no second store is set.
             * @enum {string}
             */
            status: "none" | "queued" | "running" | "copied" | "failed";
        };
        BackupSummaryDto: {
            /** @example 1.0.0 */
            cloudkeep_version: string;
            /** @description Objects of the files’ store that its inventory lists. */
            files: number;
            parts: number;
            /** @description Of all tables; null where nobody counted. */
            rows: number | null;
            /** @description The newest migration in it. */
            schema_version: string;
            /** @example 18.1 */
            server_version: string;
            tables: number | null;
            /** @example pg_dump (PostgreSQL) 18.1 */
            tool_version: string;
        };
        BackupVerificationDto: {
            /**
             * @description Since then.
             * @example 12.5
             */
            age_seconds: number | null;
            /** @description What was found. */
            detail: string | null;
            /**
             * @description How long the restore took.
             * @example 12.5
             */
            duration_seconds: number | null;
            /** @enum {string} */
            status: "none" | "queued" | "running" | "ok" | "failed";
            /**
             * Format: date-time
             * @description When a restore of it last ended, well or not.
             */
            verified_at: string | null;
        };
        BrowserSessionDto: {
            /** @description Repeat it in `X-CSRF-Token` on every call that changes something. */
            csrf_token: string;
            /**
             * @description Seconds until the session expires.
             * @example 86400
             */
            expires_in: number;
            user: components["schemas"]["ProfileDto"];
        };
        CandidateDto: {
            /** @enum {string} */
            architecture: "x86_64" | "arm64";
            /** @example eu-west-1a */
            availability_zone: string;
            crash_probability: number | null;
            /** @example m5.large */
            instance_type: string;
            /** @description Share of machines interrupted in a month. */
            interruption_rate: number | null;
            is_current: boolean;
            /** @example 8 */
            memory_gb: number;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            on_demand_price: string;
            /** @description 1 for the best; null where it was rejected. */
            rank: number | null;
            rejected?: components["schemas"]["RejectionDto"];
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            spot_price: string;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            total_cost: string | null;
            /** @example 2 */
            vcpu: number;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            waste_cost: string | null;
            yield_score: number | null;
        };
        ChainFaultDto: {
            /** @description The kind in words. */
            detail: string;
            /** @enum {string} */
            kind: "changed" | "missing" | "gap" | "relinked" | "inserted" | "unchained" | "rewritten" | "truncated" | "forged" | "unsealed";
            /**
             * Format: uuid
             * @description The row, where one is meant.
             */
            log_id: string | null;
            /** @description The link; null for a row in no chain. */
            seq: number | null;
        };
        ChainHeadDto: {
            /** @description SHA-256 in hexadecimal. */
            hash: string;
            /** @description Links are counted from 1. */
            seq: number;
        };
        ChallengerDto: {
            /** @example 0.12 */
            crash_probability: number | null;
            /** Format: uuid */
            id: string;
            /** @example night-owl */
            name: string;
            /** @description How it failed. */
            problem: string | null;
            /** @example 1.2.0 */
            version: string;
        };
        ChangePasswordDto: {
            /** Format: password */
            current_password: string;
            /** Format: password */
            new_password: string;
        };
        CollectionDto: {
            /**
             * @description Of their current versions.
             * @example 73400320
             */
            bytes: number;
            /**
             * @description Without those in the trash.
             * @example 42
             */
            file_count: number;
            /** @example invoices */
            name: string;
            /**
             * Format: date-time
             * @description When one of its files was last changed.
             */
            updated_at: string;
        };
        CollectionPageDto: {
            items: components["schemas"]["CollectionDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        ComparedModelDto: {
            /**
             * @description Mean of (prediction - outcome)², the outcome 1 for interrupted, else 0. 0 is best.
             * @example 0.09
             */
            brier_score: number | null;
            /**
             * @description Interrupted, predicted at most at the gate.
             * @example 12
             */
            false_negatives: number;
            /**
             * @description Not interrupted, predicted above the gate.
             * @example 12
             */
            false_positives: number;
            model: components["schemas"]["ModelNameDto"];
            /**
             * @description Those whose outcome is known; all below is of these.
             * @example 12
             */
            observed: number;
            /**
             * @description true_positives / (true_positives + false_positives); null where nothing was above the gate.
             * @example 0.8
             */
            precision: number | null;
            /**
             * @description All of them.
             * @example 12
             */
            predictions: number;
            /**
             * @description true_positives / (true_positives + false_negatives); null where nothing was interrupted.
             * @example 0.8
             */
            recall: number | null;
            /**
             * @description Not interrupted, predicted at most at the gate.
             * @example 12
             */
            true_negatives: number;
            /**
             * @description Interrupted, predicted above the safety gate of then.
             * @example 12
             */
            true_positives: number;
        };
        ComparisonDto: {
            /**
             * @description The one with the lower Brier score; null where they are equal or nothing is known yet.
             * @enum {string|null}
             */
            better: "model_a" | "model_b" | null;
            /**
             * @description Experiments that both models judged.
             * @example 12
             */
            experiments: number;
            /** @description Null for all instances. */
            instance_id: string | null;
            model_a: components["schemas"]["ComparedModelDto"];
            model_b: components["schemas"]["ComparedModelDto"];
        };
        ComponentHealthDto: {
            /** @description What is wrong, or what is used. */
            detail?: string;
            /**
             * @description Milliseconds a round trip took.
             * @example 0.8
             */
            latency_ms?: number;
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
        };
        ComponentsDto: {
            cache: components["schemas"]["ComponentHealthDto"];
            database: components["schemas"]["ComponentHealthDto"];
            storage: components["schemas"]["ComponentHealthDto"];
        };
        ConfirmTotpDto: {
            /**
             * @description What the app shows now.
             * @example 492039
             */
            code: string;
        };
        ConversationDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @example 2 */
            message_count: number;
            /** @example Spot prices in June */
            title: string | null;
            /**
             * Format: date-time
             * @description When a message was last added.
             */
            updated_at: string;
        };
        ConversationMessageDto: {
            /**
             * @example {
             *       "instance_id": "i-0abc"
             *     }
             */
            context: {
                [key: string]: unknown;
            } | null;
            /** Format: uuid */
            conversation_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @example Is it safe to stay? */
            query: string;
            /** @example Yes, until Friday. */
            response: string;
        };
        ConversationMessagePageDto: {
            items: components["schemas"]["ConversationMessageDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        ConversationPageDto: {
            items: components["schemas"]["ConversationDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        CreateApiKeyDto: {
            /**
             * @description Addresses and networks it may be used from; null for any.
             * @example [
             *       "203.0.113.0/24",
             *       "2001:db8::/32"
             *     ]
             */
            allowed_ips?: string[] | null;
            /**
             * Format: date-time
             * @description When it ends; left out, as late as the server allows. Null for never, where the server allows that.
             */
            expires_at?: string | null;
            /** @example Deploy from CI */
            name: string;
            /** @description A rate limit of its own; null for the general one. */
            requests_per_minute?: number | null;
            /**
             * @example [
             *       "files:read",
             *       "files:write"
             *     ]
             */
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
        };
        CreateBackupDto: {
            /**
             * @description Unset: the best that works on this server.
             * @enum {string}
             */
            engine?: "pg_dump" | "pgbackrest";
            /**
             * @example full
             * @enum {string}
             */
            kind: "full" | "incremental";
        };
        CreateConversationDto: {
            /** @example Spot prices in June */
            title?: string | null;
        };
        CreatedApiKeyDto: {
            allowed_ips: string[] | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description Who made it, and whose scopes bound it while they have an account.
             */
            created_by: string | null;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: uuid */
            id: string;
            /**
             * @description The key itself, shown this once.
             * @example key_7Qm2ZkT0xGd8Yb5RfWc1LsPa9NvHj4EuKi6MoXt3BzQ0aVdR1f
             */
            key: string;
            /**
             * Format: date-time
             * @description A few seconds late.
             */
            last_used_at: string | null;
            /** @example 203.0.113.7 */
            last_used_ip: string | null;
            /**
             * @description All that can still be shown of the secret.
             * @example pat_abc...xyz
             */
            masked: string;
            name: string;
            /**
             * Format: date-time
             * @description Until when the secret before the last rotation still works.
             */
            previous_valid_until: string | null;
            requests_per_minute: number | null;
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
            /** @enum {string} */
            status: "active" | "expired";
            /** @description Requests made with it; a few seconds late. */
            usage_count: number;
        };
        CreatedFileLinkDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            created_by: string;
            /** @enum {string} */
            disposition: "attachment" | "inline";
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            file_id: string;
            /** Format: uuid */
            id: string;
            /** @example 127.0.0.0/8 */
            ip: string | null;
            /** Format: date-time */
            last_used_at: string | null;
            /** @description Null for any number. */
            max_uses: number | null;
            /**
             * Format: uri
             * @description Whoever has it has the file. Shown this once.
             */
            url: string;
            /** @description Of links without limit, some seconds behind. */
            uses: number;
            /** @example 1 */
            version: number;
        };
        CreatedPasskeyDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @description Whether its maker copies it to other devices of its owner. */
            is_backed_up: boolean;
            /** Format: date-time */
            last_used_at: string | null;
            /** @example Ada’s phone */
            name: string;
            /** @description Shown this once, with the first factor of an account; null with others. */
            recovery_codes: string[] | null;
        };
        CreatedPersonalTokenDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description A few seconds late.
             */
            last_used_at: string | null;
            /** @example 203.0.113.7 */
            last_used_ip: string | null;
            /**
             * @description All that can still be shown of the secret.
             * @example pat_abc...xyz
             */
            masked: string;
            name: string;
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
            /** @enum {string} */
            status: "active" | "expired";
            /**
             * @description The token itself, shown this once.
             * @example pat_7Qm2ZkT0xGd8Yb5RfWc1LsPa9NvHj4EuKi6MoXt3BzQ0aVdR1f
             */
            token: string;
            /** @description Requests made with it; a few seconds late. */
            usage_count: number;
        };
        CreatedUploadDto: {
            /**
             * Format: date-time
             * @description Until then it must be complete.
             */
            expires_at: string;
            /** @description To be sent with it, exactly. */
            headers: {
                [key: string]: string;
            };
            /** @enum {string} */
            method: "PUT";
            /** Format: uuid */
            upload_id: string;
            /**
             * Format: uri
             * @description Where the content goes, without a credential. Shown this once.
             */
            upload_url: string;
        };
        CreateFileLinkDto: {
            /**
             * @description Whether a browser shows it; only of types that can not run anything.
             * @default attachment
             * @example attachment
             * @enum {string}
             */
            disposition?: "attachment" | "inline";
            /**
             * @description Absent: as long as `SIGNED_URL_EXPIRATION_SECONDS` says.
             * @example 86400
             */
            expires_in_seconds?: number;
            /**
             * @description The only address or network it may be opened from.
             * @example 127.0.0.0/8
             */
            ip?: string;
            /**
             * @description How often it may be opened. Every GET counts, also of a part and also one that finds nothing new; HEAD does not.
             * @example 1
             */
            max_uses?: number;
            /**
             * @description Of the file; absent: the current one. The link stays with it whatever follows.
             * @example 1
             */
            version?: number;
        };
        CreateInvitationDto: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * @description Holding at most what the caller does.
             * @default user
             * @example operator
             */
            role?: string;
        };
        CreatePasskeyDto: {
            /** @example Ada’s phone */
            name: string;
            /** @description The `PublicKeyCredential` of the browser, as its `toJSON()` gives it (WebAuthn Level 3). */
            response: {
                [key: string]: unknown;
            };
        };
        CreatePersonalTokenDto: {
            /**
             * Format: date-time
             * @description When it ends; left out, as late as the server allows. Null for never, where the server allows that.
             */
            expires_at?: string | null;
            /** @example Deploy from CI */
            name: string;
            /**
             * @example [
             *       "files:read",
             *       "files:write"
             *     ]
             */
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
        };
        CreateRoleDto: {
            description?: string | null;
            /** @example release-manager */
            name: string;
            /** @description At most what the caller holds. */
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
        };
        CreateSandboxSessionDto: {
            /** @example eu-west-1a */
            availability_zone: string;
            /**
             * @description Kept sealed, never shown again in full.
             * @example AKIAIOSFODNN7EXAMPLE
             */
            aws_access_key: string;
            /** @example eu-west-1 */
            aws_region: string;
            /**
             * @description Kept sealed, never shown again.
             * @example wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
             */
            aws_secret_key: string;
            /** @description Needed with a temporary key (ASIA), refused with a lasting one (AKIA). Kept sealed, never shown again. */
            aws_session_token?: string | null;
            /** @example i-0abcd1234ef567890 */
            instance_id: string;
            /** @example m5.large */
            instance_type: string;
            /** @default 60 */
            ttl_minutes?: number;
        };
        CreateUploadDto: {
            /**
             * @default default
             * @example invoices
             */
            collection?: string;
            /**
             * @description Counts where the bytes do not tell their type themselves.
             * @example text/plain
             */
            content_type: string;
            /** @example invoice.pdf */
            file_name: string;
            /**
             * @description At most 16384 bytes as JSON in UTF-8.
             * @example {
             *       "invoice_number": "R-2024-17"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            };
            /** @example tx-2024-0042 */
            resource_id?: string;
            /** @example transaction */
            resource_type?: string;
            /**
             * @description In lower-case hexadecimal; what comes must match it.
             * @example 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
             */
            sha256?: string;
            /**
             * @description In bytes, exactly.
             * @example 5
             */
            size: number;
        };
        CreateUserDto: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /** @example Ada Lovelace */
            full_name?: string | null;
            /**
             * Format: password
             * @description Without one the person is sent a link to choose it.
             */
            password?: string;
            /**
             * @description Holding at most what the caller does.
             * @default user
             * @example operator
             */
            role?: string;
            /** @example ada */
            username: string;
        };
        DecisionRuleDto: {
            /**
             * @description Yield points by which another pool must be ahead before the instance moves.
             * @default 5
             */
            switch_margin?: number;
        };
        DownloadUrlDto: {
            /** Format: uri */
            download_url: string;
            /** @example 3600 */
            expires_in_seconds: number;
        };
        EvaluateDto: {
            /**
             * @description What to do with `execute`: tag the machine with the decision, or then also stop or end it.
             * @default tag
             * @enum {string}
             */
            action?: "tag" | "stop" | "terminate";
            /**
             * @description Acts on any decision but STAY, with the keys of the session. Refused unless SANDBOX_ALLOW_ACTIONS is on.
             * @default false
             */
            execute?: boolean;
            /**
             * @description `single_instance`: whether it is safe where it is; `cluster`: where it would be better off.
             * @example cluster
             * @enum {string}
             */
            mode: "single_instance" | "cluster";
            /** @description What a machine must have; what this one has, unless given. */
            requirements?: components["schemas"]["RequirementsDto"];
            /**
             * @description A warning known to the caller: the gravest counts.
             * @enum {string}
             */
            signal?: "none" | "rebalance" | "termination";
        };
        EvaluationDto: {
            /**
             * Format: uuid
             * @description Under which it is in the history of actions.
             */
            action_id: string;
            /** @description What was done about it; none unless asked for. */
            actions: components["schemas"]["ActionDto"][];
            /** @enum {string} */
            aws_signal: "none" | "rebalance" | "termination";
            /** @description Ranked, best first; then the rejected. */
            candidates: components["schemas"]["CandidateDto"][];
            /** @description Of the pool the machine is in. */
            crash_probability: number;
            /** @enum {string} */
            decision: "STAY" | "SWITCH" | "DRAIN" | "EVACUATE";
            execution_time_ms: number;
            model: components["schemas"]["UsedModelDto"];
            reason: string;
            savings: components["schemas"]["EvaluationSavingsDto"];
            /** @description Where to go; null where it stays, or where on-demand is the only way out. */
            selected: components["schemas"]["CandidateDto"] | null;
            stages: components["schemas"]["StageDto"][];
        };
        EvaluationSavingsDto: {
            /**
             * @description On-demand less spot, US dollars an hour, exact.
             * @example 0.0576
             */
            hourly: string;
            /**
             * @description Of 730 hours.
             * @example 42.048
             */
            monthly: string;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            on_demand_price: string;
            /** @example 60.00 */
            percent: string;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            spot_price: string;
        };
        ExchangeDto: {
            /** @description As the redirect got it; works once, within 60 s. */
            code: string;
            /** @description What `code_challenge` was made of. */
            code_verifier?: string;
        };
        ExperimentDto: {
            /** @example eu-west-1a */
            availability_zone: string;
            /** @enum {string} */
            aws_signal: "none" | "rebalance" | "termination";
            challenger: components["schemas"]["ChallengerDto"] | null;
            config: components["schemas"]["PipelineConfigDto"];
            /**
             * @description The prediction.
             * @example 0.12
             */
            crash_probability: number;
            /** Format: date-time */
            created_at: string;
            /** @enum {string} */
            decision: "STAY" | "SWITCH" | "DRAIN" | "EVACUATE";
            /** @example 18.4 */
            execution_time_ms: number;
            /** @description Of the pool the instance was in, as docs/risk-model.md defines them. */
            features: components["schemas"]["FeaturesDto"];
            /** @description The assigned model, where it failed and the built-in one judged instead. */
            fell_back_from: components["schemas"]["FailedModelDto"] | null;
            /** Format: uuid */
            id: string;
            /** @example i-0abc1234def567890 */
            instance_id: string;
            /** @example m5.large */
            instance_type: string;
            /**
             * @description Above it a prediction meant an interruption.
             * @example 0.85
             */
            max_crash_probability: number;
            /** @enum {string} */
            mode: "single_instance" | "cluster";
            /** @description Whose prediction counted. */
            model: components["schemas"]["ModelNameDto"];
            /** @description What came, once somebody told. */
            outcome: components["schemas"]["RecordedOutcomeDto"] | null;
            reason: string;
            /**
             * Format: uuid
             * @description The sandbox session it was in.
             */
            session_id: string | null;
            stages: components["schemas"]["StageDto"][];
        };
        ExperimentPageDto: {
            items: components["schemas"]["ExperimentDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        ExtractedMetadataDto: {
            image?: components["schemas"]["ImageMetadataDto"];
            pdf?: components["schemas"]["PdfMetadataDto"];
            text?: components["schemas"]["TextMetadataDto"];
        };
        FailedModelDto: {
            /** Format: uuid */
            id: string;
            /** @example night-owl */
            name: string;
            /** @example model_too_slow: It took longer than 2 s and was stopped. */
            problem: string;
            /** @example 1.2.0 */
            version: string;
        };
        FeaturesDto: {
            /** @example 0.12 */
            discount_depth: number;
            /** @example 0.12 */
            family_stress_max: number;
            /** @example 0.12 */
            family_stress_mean: number;
            /** @example 14 */
            hour: number;
            /** @example 0.12 */
            price_position: number;
            /**
             * @description 0 for Monday.
             * @example 3
             */
            weekday: number;
        };
        FieldErrorDto: {
            /**
             * @description Path of the field, as sent.
             * @example email
             */
            field: string;
            /** @example must be an e-mail address */
            message: string;
        };
        FileAccessDto: {
            /** @enum {string} */
            action: "upload" | "download" | "delete" | "generate_url" | "redeem" | "restore";
            /** @description That came in or went out. */
            bytes: number;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            file_id: string;
            /**
             * @description Without the name once the owner’s account was erased.
             * @example invoices/0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11_invoice.pdf
             */
            file_key: string;
            /** Format: uuid */
            id: string;
            /** @example 203.0.113.7 */
            ip_address: string | null;
            /** @example local */
            storage_backend: string;
            user_agent: string | null;
            /**
             * Format: uuid
             * @description Who did it; null for whoever came with a link.
             */
            user_id: string | null;
        };
        FileAccessPageDto: {
            items: components["schemas"]["FileAccessDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        FileDto: {
            /** @example invoices */
            collection: string;
            /**
             * @description Told from the bytes.
             * @example application/pdf
             */
            content_type: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Since when it is in the trash.
             */
            deleted_at: string | null;
            /** @description What was found in the bytes of the current version; null where nobody asked. */
            extracted: components["schemas"]["ExtractedMetadataDto"] | null;
            /**
             * @description Of the current version; each has its own, for ever.
             * @example invoices/0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11_invoice.pdf
             */
            file_key: string;
            /** @example invoice.pdf */
            file_name: string;
            /** Format: uuid */
            id: string;
            metadata: {
                [key: string]: unknown;
            } | null;
            /** Format: uuid */
            owner_id: string;
            /** @example tx-2024-0042 */
            resource_id: string | null;
            /** @example transaction */
            resource_type: string | null;
            /** @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
            sha256: string;
            /** @example 48213 */
            size: number;
            /** @example local */
            storage_backend: string;
            /** Format: date-time */
            updated_at: string;
            /** @example 1 */
            version: number;
        };
        FileLinkDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            created_by: string;
            /** @enum {string} */
            disposition: "attachment" | "inline";
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            file_id: string;
            /** Format: uuid */
            id: string;
            /** @example 127.0.0.0/8 */
            ip: string | null;
            /** Format: date-time */
            last_used_at: string | null;
            /** @description Null for any number. */
            max_uses: number | null;
            /** @description Of links without limit, some seconds behind. */
            uses: number;
            /** @example 1 */
            version: number;
        };
        FileLinkPageDto: {
            items: components["schemas"]["FileLinkDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        FilePageDto: {
            items: components["schemas"]["FileDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        FileVersionDto: {
            /** @example application/pdf */
            content_type: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description Who uploaded it.
             */
            created_by: string;
            /** @example invoices/0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11_invoice.pdf */
            file_key: string;
            /** @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
            sha256: string;
            /** @example 48213 */
            size: number;
            /** @example local */
            storage_backend: string;
            /** @example 1 */
            version: number;
        };
        FileVersionPageDto: {
            items: components["schemas"]["FileVersionDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        FoundDto: {
            /**
             * Format: uuid
             * @description Under which it is in the history of actions.
             */
            action_id: string;
            /** @enum {string} */
            aws_signal: "none" | "rebalance" | "termination";
            /** @description Ranked, best first; then the rejected. */
            candidates: components["schemas"]["CandidateDto"][];
            /** @description Of the pool the machine is in. */
            crash_probability: number;
            /** @enum {string} */
            decision: "STAY" | "SWITCH" | "DRAIN" | "EVACUATE";
            execution_time_ms: number;
            model: components["schemas"]["UsedModelDto"];
            reason: string;
            savings: components["schemas"]["EvaluationSavingsDto"];
            /** @description Where to go; null where it stays, or where on-demand is the only way out. */
            selected: components["schemas"]["CandidateDto"] | null;
            stages: components["schemas"]["StageDto"][];
        };
        GroupedSavingsDto: {
            evaluations: number;
            /**
             * @description On-demand less spot.
             * @example 0.0576
             */
            hourly: string;
            /** @description The id of the session, user or organisation, or the day in UTC. */
            key: string;
            /**
             * @description Of 730 hours.
             * @example 42.048
             */
            monthly: string;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0960
             */
            on_demand_price: string;
            /**
             * @description Of the on-demand price.
             * @example 60.00
             */
            percent: string;
            sessions: number;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            spot_price: string;
        };
        GroupedSavingsPageDto: {
            items: components["schemas"]["GroupedSavingsDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        HealthDto: {
            components: components["schemas"]["ComponentsDto"];
            /** @enum {string} */
            environment: "development" | "staging" | "production";
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            /** Format: date-time */
            timestamp: string;
            /** @example 1.0.0 */
            version: string;
        };
        IdentitiesDto: {
            items: components["schemas"]["IdentityDto"][];
            /** @description Always null: every identity is listed. */
            next_cursor: string | null;
        };
        IdentityDto: {
            /** Format: date-time */
            created_at: string;
            /** @description As the provider told it last. */
            email: string | null;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_used_at: string;
            /** @example google */
            provider: string;
        };
        ImageMetadataDto: {
            /** @example 1080 */
            height: number;
            /**
             * @description In pixels, as it is shown.
             * @example 1920
             */
            width: number;
        };
        ImportLineDto: {
            email: string | null;
            errors: components["schemas"]["FieldErrorDto"][];
            /**
             * @description Counted from 1, empty lines too.
             * @example 17
             */
            line: number;
            /**
             * @description `skipped`: the e-mail has an account already.
             * @enum {string}
             */
            status: "skipped" | "failed";
        };
        ImportReportDto: {
            /** @description False for a dry run, and for an atomic import with a line that was not created. */
            applied: boolean;
            /** @description Where not applied: how many would have been. */
            created: number;
            failed: number;
            /** @description The first 1000 that were not created. */
            lines: components["schemas"]["ImportLineDto"][];
            /** @description How many more there were. */
            lines_omitted: number;
            skipped: number;
            total: number;
        };
        InterruptionFilterDto: {
            /** @default true */
            enabled?: boolean;
            /**
             * @description Share of machines interrupted in a month above which a pool is rejected.
             * @default 0.2
             */
            max_rate?: number;
        };
        InvitationDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: email */
            email: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            invited_by: string | null;
            /** @example user */
            role: string;
        };
        InvitationPageDto: {
            items: components["schemas"]["InvitationDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        JobDto: {
            /**
             * @description The code of what the last run failed of; the log of its replica tells more.
             * @example storage_unavailable
             */
            error: string | null;
            /**
             * Format: date-time
             * @description When it ended; null while it runs, or where its process died over it.
             */
            finished_at: string | null;
            /** @example sandbox.expire */
            name: string;
            /**
             * Format: date-time
             * @description When it is due again.
             */
            next_run_at: string | null;
            /**
             * @description Of the last run that finished; null before the first. A failure stays until a run succeeds.
             * @enum {string|null}
             */
            outcome: "done" | "failed" | null;
            /**
             * Format: date-time
             * @description When the last run began, on whichever replica.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When a run last succeeded.
             */
            succeeded_at: string | null;
        };
        JobsDto: {
            items: components["schemas"]["JobDto"][];
        };
        JwksDto: {
            keys: {
                [key: string]: unknown;
            }[];
        };
        LastEvaluationDto: {
            crash_probability: number;
            /** @enum {string} */
            decision: "STAY" | "SWITCH" | "DRAIN" | "EVACUATE";
            /** Format: date-time */
            evaluated_at: string;
            /** @example 18.4 */
            execution_time_ms: number;
            /** Format: uuid */
            experiment_id: string;
            /** @description Whose prediction counted. */
            model: components["schemas"]["ModelNameDto"];
            /** @description In the order they ran. */
            stages: components["schemas"]["StageDto"][];
        };
        LinkDto: {
            /**
             * @description One that `GET /auth/providers` lists.
             * @example google
             */
            provider: string;
            /**
             * @description One of `OAUTH_REDIRECT_URIS`, or `PUBLIC_URL/console/signed-in`; the first unless given.
             * @example https://app.example.com/signed-in
             */
            redirect_uri?: string;
        };
        LinkStartedDto: {
            /** @description Where to send the browser, within ten minutes; it must be the one that asked. */
            authorize_url: string;
        };
        LoginDto: {
            /**
             * @description Either this or `username`.
             * @example ada@example.com
             */
            email?: string;
            /**
             * Format: password
             * @example violet kettle orbit 47 maple
             */
            password: string;
            /** @example ada */
            username?: string;
        };
        LoginMfaDto: {
            /**
             * @description What the authenticator app shows, or a recovery code.
             * @example 492039
             */
            code: string;
            /** @description As `/auth/login` gave it; dead after five wrong codes. */
            mfa_token: string;
        };
        LoginPasskeyDto: {
            /** @description As `/auth/login` gave it; left out, the passkey alone signs in. */
            mfa_token?: string;
            /** @description The `PublicKeyCredential` of the browser, as its `toJSON()` gives it (WebAuthn Level 3). */
            response: {
                [key: string]: unknown;
            };
        };
        MfaDto: {
            /** @description How the second step of a sign-in can be passed; empty where there is none. */
            methods: ("totp" | "passkey" | "recovery_code")[];
            recovery_codes_left: number;
        };
        MfaRequiredDto: {
            /**
             * @description Seconds until the token expires.
             * @example 300
             */
            expires_in: number;
            methods: ("totp" | "passkey" | "recovery_code")[];
            /** @enum {boolean} */
            mfa_required: true;
            /** @description Send it to `/auth/login/mfa` with a code, or to `/auth/login/passkey`. */
            mfa_token: string;
        };
        ModelDto: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description Who registered it.
             */
            created_by: string | null;
            description: string | null;
            /** Format: uuid */
            id: string;
            /** @description Whether it is the one that judges where no other is assigned; it has no file. */
            is_built_in: boolean;
            /** @example false */
            is_experimental: boolean;
            /**
             * @example {
             *       "auc": 0.91
             *     }
             */
            metrics: {
                [key: string]: unknown;
            } | null;
            /** @example night-owl */
            name: string;
            /** @description Of the file, in hexadecimal. */
            sha256: string | null;
            /**
             * @description Of the file, in bytes.
             * @example 48213
             */
            size: number;
            /** Format: date-time */
            updated_at: string;
            /** @example 1.2.0 */
            version: string;
        };
        ModelNameDto: {
            /** Format: uuid */
            id: string;
            /** @example night-owl */
            name: string;
            /** @example 1.2.0 */
            version: string;
        };
        ModelPageDto: {
            items: components["schemas"]["ModelDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        OrganizationDto: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When it will be gone with everything in it, unless it is restored.
             */
            deletion_at: string | null;
            /** Format: uuid */
            id: string;
            /** @example Analytical Engines */
            name: string;
            /** Format: uuid */
            owner_id: string | null;
            settings: components["schemas"]["OrganizationSettingsDto"];
        };
        OrganizationSettingsDto: {
            /**
             * Format: email
             * @description Whom members may ask.
             */
            contact_email: string | null;
            /** @description How long an invitation holds. */
            invitation_days: number;
        };
        OutcomeDto: {
            /** @description Whether the cloud took the machine back from the pool it was in. */
            interrupted: boolean;
            /**
             * Format: date-time
             * @description When that was seen, or until when nothing was. Neither before the experiment nor ahead of now.
             */
            observed_at: string;
        };
        PasskeyDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @description Whether its maker copies it to other devices of its owner. */
            is_backed_up: boolean;
            /** Format: date-time */
            last_used_at: string | null;
            /** @example Ada’s phone */
            name: string;
        };
        PasskeyOptionsDto: {
            /** @description As `/auth/login` gave it; left out, the passkey alone signs in. */
            mfa_token?: string;
        };
        PasskeysDto: {
            items: components["schemas"]["PasskeyDto"][];
            /** @description Always null: every passkey is listed. */
            next_cursor: string | null;
        };
        PdfMetadataDto: {
            /** @example 12 */
            pages: number;
            /** @example Annual report */
            title: string | null;
        };
        PerformanceDto: {
            /**
             * @description Mean of (prediction - outcome)², the outcome 1 for interrupted, else 0. 0 is best.
             * @example 0.09
             */
            brier_score: number | null;
            /**
             * @description How often it was asked and failed. Those are no predictions of it.
             * @example 12
             */
            failures: number;
            /**
             * @description Interrupted, predicted at most at the gate.
             * @example 12
             */
            false_negatives: number;
            /**
             * @description Not interrupted, predicted above the gate.
             * @example 12
             */
            false_positives: number;
            model: components["schemas"]["ModelNameDto"];
            /**
             * @description Those whose outcome is known; all below is of these.
             * @example 12
             */
            observed: number;
            /**
             * @description true_positives / (true_positives + false_positives); null where nothing was above the gate.
             * @example 0.8
             */
            precision: number | null;
            /**
             * @description All of them.
             * @example 12
             */
            predictions: number;
            /**
             * @description true_positives / (true_positives + false_negatives); null where nothing was interrupted.
             * @example 0.8
             */
            recall: number | null;
            /**
             * @description Not interrupted, predicted at most at the gate.
             * @example 12
             */
            true_negatives: number;
            /**
             * @description Interrupted, predicted above the safety gate of then.
             * @example 12
             */
            true_positives: number;
        };
        PersonalDataDto: {
            /** @description By kind: profile, preferences, sessions, conversations and so on. No secrets. */
            data: {
                [key: string]: string | number | boolean | {
                    [key: string]: unknown;
                } | (string | number | boolean | Record<string, never> | unknown[] | null)[] | null;
            };
            /** Format: date-time */
            exported_at: string;
            /** Format: uuid */
            user_id: string;
        };
        PersonalTokenDto: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description A few seconds late.
             */
            last_used_at: string | null;
            /** @example 203.0.113.7 */
            last_used_ip: string | null;
            /**
             * @description All that can still be shown of the secret.
             * @example pat_abc...xyz
             */
            masked: string;
            name: string;
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
            /** @enum {string} */
            status: "active" | "expired";
            /** @description Requests made with it; a few seconds late. */
            usage_count: number;
        };
        PersonalTokenPageDto: {
            items: components["schemas"]["PersonalTokenDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        PipelineConfigDto: {
            bin_packing?: components["schemas"]["StageSwitchDto"];
            decision?: components["schemas"]["DecisionRuleDto"];
            hardware_filter?: components["schemas"]["StageSwitchDto"];
            interruption_filter?: components["schemas"]["InterruptionFilterDto"];
            reactive_override?: components["schemas"]["ReactiveOverrideDto"];
            right_sizing?: components["schemas"]["RightSizingDto"];
            safety_gate?: components["schemas"]["SafetyGateDto"];
        };
        PipelineStatusDto: {
            challenger: components["schemas"]["ModelNameDto"] | null;
            config: components["schemas"]["PipelineConfigDto"];
            /**
             * Format: date-time
             * @description When the config was last changed; null where it is the default.
             */
            configured_at: string | null;
            /** @example i-0abc1234def567890 */
            instance_id: string;
            /** @description Null where there was none in the last 90 days. */
            last_evaluation: components["schemas"]["LastEvaluationDto"] | null;
            /** @description The model that decides from now on. */
            model: components["schemas"]["ModelNameDto"];
        };
        PreferenceDto: {
            /** @example dashboard.layout */
            key: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * @example {
             *       "theme": "dark"
             *     }
             */
            value: string | number | boolean | {
                [key: string]: unknown;
            } | (string | number | boolean | Record<string, never> | unknown[] | null)[] | null;
        };
        PreferencePageDto: {
            items: components["schemas"]["PreferenceDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        ProbeDto: {
            /** @enum {string} */
            status: "alive" | "ready";
        };
        ProblemDto: {
            /**
             * @description What to switch on; stable.
             * @example validation_failed
             */
            code: string;
            /** @example One field is not valid. */
            detail: string;
            /** @description Every field that was wrong. */
            errors?: components["schemas"]["FieldErrorDto"][];
            /**
             * @description Quote it when asking for help.
             * @example 0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11
             */
            request_id: string;
            /** @example 400 */
            status: number;
            /** @example The request is not valid */
            title: string;
            /**
             * @description Names the kind of problem.
             * @example urn:cloudkeep:problem:validation_failed
             */
            type: string;
        };
        ProfileDto: {
            /** @example 1 */
            active_sessions_count: number;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            email_verified: boolean;
            /** @example Ada Lovelace */
            full_name: string | null;
            /** Format: uuid */
            id: string;
            is_active: boolean;
            /** Format: date-time */
            last_login: string | null;
            mfa_enabled: boolean;
            /** Format: uuid */
            organization_id: string;
            /** @example user */
            role: string;
            /** @description What the role allows now. */
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
            /** @example ada */
            username: string;
        };
        ProviderDto: {
            /**
             * @description Where to send the browser.
             * @example https://api.example.com/api/v1/auth/google
             */
            authorize_url: string;
            /** @example Google */
            display_name: string;
            /** @example google */
            name: string;
        };
        ProvidersDto: {
            items: components["schemas"]["ProviderDto"][];
            /** @description Always null: every provider is listed. */
            next_cursor: string | null;
        };
        PutPreferenceDto: {
            /**
             * @description Any JSON, null too, of at most 16384 bytes in UTF-8.
             * @example {
             *       "theme": "dark"
             *     }
             */
            value: string | number | boolean | {
                [key: string]: unknown;
            } | (string | number | boolean | Record<string, never> | unknown[] | null)[] | null;
        };
        ReactiveOverrideDto: {
            /**
             * @default true
             * @enum {boolean}
             */
            enabled?: true;
        };
        ReauthenticateDto: {
            /**
             * @description What the authenticator app shows, or a recovery code, where the account has one.
             * @example 492039
             */
            code?: string;
            /** @description In the place of a code: the answer to `/auth/reauthenticate/passkey/options`. */
            passkey?: {
                [key: string]: unknown;
            };
            /**
             * Format: password
             * @description Where the account has no second factor.
             */
            password?: string;
        };
        RecordedOutcomeDto: {
            interrupted: boolean;
            /** Format: date-time */
            observed_at: string;
            /** Format: date-time */
            recorded_at: string;
        };
        RecoveryCodesDto: {
            /** @description Each signs in once in the place of a second factor. Shown this once. */
            recovery_codes: string[];
        };
        RefreshDto: {
            /** @description As given at sign-in or by the last refresh; works once. */
            refresh_token: string;
        };
        RegisterDto: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /** @example Ada Lovelace */
            full_name?: string | null;
            /**
             * Format: password
             * @example violet kettle orbit 47 maple
             */
            password: string;
            /** @example ada */
            username: string;
        };
        RegisterModelFields: {
            description?: string;
            /** @default false */
            is_experimental?: boolean;
            /**
             * @description A JSON object. What was measured of it, at most 16384 bytes in UTF-8.
             * @example {"auc": 0.91}
             */
            metrics?: string;
            /** @example night-owl */
            name: string;
            /**
             * @description A semantic version (semver.org). Name and version together are unique.
             * @example 1.2.0
             */
            version: string;
        };
        RejectionDto: {
            reason: string;
            /** @example safety_gate */
            stage: string;
        };
        RemoveTotpDto: {
            /**
             * @description What the app shows now, or a recovery code.
             * @example 492039
             */
            code: string;
        };
        ReplacedModelDto: {
            name: string;
            problem: string;
            version: string;
        };
        RequirementsDto: {
            /**
             * @example x86_64
             * @enum {string}
             */
            architecture: "x86_64" | "arm64";
            /** @example 8 */
            memory_gb: number;
            /** @example 2 */
            vcpu: number;
        };
        ResetPasswordDto: {
            /**
             * Format: password
             * @description A password that is refused does not use the token up.
             */
            password: string;
            /** @description From the link in the mail; works once, for 24 hours. */
            token: string;
        };
        RevokeTokenDto: {
            /** @description A `pat_…` or `key_…` that somebody holds and should not. */
            token: string;
        };
        RightSizingDto: {
            /** @default false */
            enabled?: boolean;
            /**
             * @description Sizes up to so many times the vCPUs needed are considered where they cost less on spot.
             * @default 4
             */
            max_factor?: number;
        };
        RoleDto: {
            description: string | null;
            /** @description Built-in roles are the same everywhere and can not be changed. */
            is_built_in: boolean;
            /** @example operator */
            name: string;
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
        };
        RolesDto: {
            items: components["schemas"]["RoleDto"][];
            /** @description Always null: every role is listed. */
            next_cursor: string | null;
        };
        RotateApiKeyDto: {
            /**
             * @description How long the old secret still works; 0 ends it, and any older one, at once.
             * @example 3600
             */
            grace_seconds: number;
        };
        SafetyGateDto: {
            /** @default true */
            enabled?: boolean;
            /** @default 0.85 */
            max_crash_probability?: number;
        };
        SandboxLogDto: {
            data?: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            level: "debug" | "info" | "warn" | "error";
            /** @enum {string} */
            log_type: "SCRAPER" | "FILTER" | "RISK" | "OPTIMIZER" | "SIGNAL" | "ACTUATOR" | "SYSTEM";
            message: string;
            /** @description Numbered from 1 without a gap. */
            seq: number;
            /** Format: date-time */
            timestamp: string;
            /** @enum {string} */
            type: "log";
        };
        SandboxLogPageDto: {
            items: components["schemas"]["SandboxLogDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        SandboxSessionDto: {
            /** @example eu-west-1a */
            availability_zone: string;
            /** @example AKIA...MPLE */
            aws_access_key_masked: string;
            /** @example eu-west-1 */
            aws_region: string;
            /** Format: date-time */
            created_at: string;
            /** @enum {string|null} */
            end_reason: "deleted" | "cancelled" | "expired" | "user_erased" | null;
            /** Format: date-time */
            ended_at: string | null;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** @example i-0abcd1234ef567890 */
            instance_id: string;
            /** @example m5.large */
            instance_type: string;
            /** @description The number of the last log line; 0 before the first. */
            last_log_seq: number;
            /**
             * @description The gravest warning a caller told of.
             * @enum {string}
             */
            signal: "none" | "rebalance" | "termination";
            /** @enum {string} */
            status: "active" | "expired" | "ended";
            /**
             * Format: uuid
             * @description Whose it is.
             */
            user_id: string;
        };
        SandboxSessionPageDto: {
            items: components["schemas"]["SandboxSessionDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        SessionDto: {
            /** Format: date-time */
            created_at: string;
            /** @description User agent at sign-in. */
            device: string | null;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** @example 203.0.113.7 */
            ip: string | null;
            /** @description Whether this very call came with it. */
            is_current: boolean;
            /** @enum {string} */
            kind: "token" | "browser";
            /** Format: date-time */
            last_seen_at: string;
            /**
             * @description `compromised`: ended because a used refresh token was replayed; shown for seven days.
             * @enum {string}
             */
            status: "active" | "compromised";
        };
        SessionSavingsDto: {
            /**
             * Format: uuid
             * @description The decision it belongs to.
             */
            action_id: string;
            /** Format: date-time */
            created_at: string;
            /** @example STAY */
            decision: string;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            hourly: string;
            /** Format: uuid */
            id: string;
            /**
             * @description Of 730 hours.
             * @example 42.048
             */
            monthly: string;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            on_demand_price: string;
            /** @example 60.00 */
            percent: string;
            /**
             * @description US dollars an hour, exact.
             * @example 0.0384
             */
            spot_price: string;
        };
        SessionSavingsPageDto: {
            items: components["schemas"]["SessionSavingsDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        SessionsDto: {
            items: components["schemas"]["SessionDto"][];
            /** @description Always null: all are listed, of more than 500 the newest. */
            next_cursor: string | null;
        };
        SignalDto: {
            /**
             * @example rebalance
             * @enum {string}
             */
            signal: "rebalance" | "termination";
        };
        StageDto: {
            /** @example 0.21 */
            duration_ms: number;
            /**
             * @description Candidates before it.
             * @example 12
             */
            in: number;
            /** @example safety_gate */
            name: string;
            /**
             * @description Candidates after it.
             * @example 7
             */
            out: number;
            /** @enum {string} */
            state: "done" | "skipped";
        };
        StageSwitchDto: {
            /** @default true */
            enabled?: boolean;
        };
        StorageUsageDto: {
            /** @description What all of the organisation keep. */
            organization: components["schemas"]["UsageDto"];
            /** @description What the caller keeps. */
            user: components["schemas"]["UsageDto"];
        };
        TextMetadataDto: {
            /** @description Whether it begins with a byte order mark. */
            bom: boolean;
            /**
             * @description As it seems: UTF-8 is certain, what is older is guessed.
             * @example UTF-8
             */
            encoding: string;
            /**
             * @description Null for what is too long to be counted.
             * @example 42
             */
            lines: number | null;
        };
        TokensDto: {
            /** @description A JWT; send it as `Authorization: Bearer`. */
            access_token: string;
            /**
             * @description Seconds until the access token expires.
             * @example 1800
             */
            expires_in: number;
            /** @description Exchange it at `/auth/refresh`, once. */
            refresh_token: string;
            /** @enum {string} */
            token_type: "bearer";
            user: components["schemas"]["ProfileDto"];
        };
        TotpSetupDto: {
            /** @example otpauth://totp/Cloudkeep:ada%40example.com?secret=JBSWY3DP&issuer=Cloudkeep */
            otpauth_url: string;
            /** @description The same as a QR code, to be scanned; an SVG image. */
            qr_svg: string;
            /**
             * @description Base32, to be typed in.
             * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
             */
            secret: string;
        };
        TrafficDto: {
            /** @description The last 60 minutes of the replica that answers, the oldest first; the last is not over yet. */
            items: components["schemas"]["TrafficMinuteDto"][];
        };
        TrafficMinuteDto: {
            /**
             * Format: date-time
             * @description Its start.
             */
            at: string;
            /** @description Of them: failed with a 5xx. */
            failed: number;
            /** @description Of them: refused with a 4xx. */
            refused: number;
            /** @description Calls of the API that were answered. */
            requests: number;
        };
        TransferOrganizationDto: {
            /**
             * Format: uuid
             * @description An active user of the organisation.
             */
            user_id: string;
        };
        UpdateApiKeyDto: {
            /**
             * @description Addresses and networks it may be used from; null for any.
             * @example [
             *       "203.0.113.0/24",
             *       "2001:db8::/32"
             *     ]
             */
            allowed_ips?: string[] | null;
            /**
             * Format: date-time
             * @description When it ends; left out, as late as the server allows. Null for never, where the server allows that.
             */
            expires_at?: string | null;
            /** @example Deploy from CI */
            name?: string;
            /** @description A rate limit of its own; null for the general one. */
            requests_per_minute?: number | null;
            /**
             * @example [
             *       "files:read",
             *       "files:write"
             *     ]
             */
            scopes?: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
        };
        UpdateFileDto: {
            /** @example invoice-2024-06.pdf */
            file_name?: string;
            /**
             * @description Replaces what was there. At most 16384 bytes as JSON in UTF-8.
             * @example {
             *       "invoice_number": "R-2024-17"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @example tx-2024-0042 */
            resource_id?: string | null;
            /** @example transaction */
            resource_type?: string | null;
        };
        UpdateModelDto: {
            /** @example Of spring */
            description?: string | null;
            /** @example false */
            is_experimental?: boolean;
            /**
             * @description Replaces what was there. What was measured of it, at most 16384 bytes in UTF-8.
             * @example {
             *       "auc": 0.91
             *     }
             */
            metrics?: {
                [key: string]: unknown;
            } | null;
        };
        UpdateOrganizationDto: {
            /** @example Analytical Engines */
            name?: string;
            /** @description Those given are changed. */
            settings?: components["schemas"]["UpdateOrganizationSettingsDto"];
        };
        UpdateOrganizationSettingsDto: {
            /** Format: email */
            contact_email?: string | null;
            /** @default 7 */
            invitation_days?: number;
        };
        UpdateProfileDto: {
            /** @example Ada Lovelace */
            full_name?: string | null;
        };
        UpdateRoleDto: {
            description?: string | null;
            /** @description Holds at once, on every replica. */
            scopes?: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
        };
        UpdateUserDto: {
            /** @example Ada Lovelace */
            full_name?: string | null;
            /** @description False ends every session and credential of the user at once. */
            is_active?: boolean;
            /** @example operator */
            role?: string;
        };
        UploadDto: {
            /** @example invoices */
            collection: string;
            /**
             * @description As announced.
             * @example application/pdf
             */
            content_type: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /**
             * Format: uuid
             * @description The file it became.
             */
            file_id: string | null;
            /** @example invoice.pdf */
            file_name: string;
            /** @description How many bytes have come. */
            received: number;
            /** @description As announced. */
            sha256: string | null;
            /** @example 48213 */
            size: number;
            /** @enum {string} */
            status: "pending" | "completed";
            /** Format: uuid */
            upload_id: string;
        };
        UploadFields: {
            /**
             * @default default
             * @example invoices
             */
            collection?: string;
            /**
             * @description A JSON object of at most 16384 bytes in UTF-8.
             * @example {"invoice_number": "R-2024-17"}
             */
            metadata?: string;
            /** @example tx-2024-0042 */
            resource_id?: string;
            /** @example transaction */
            resource_type?: string;
        };
        UsageDto: {
            /**
             * @description Those in the trash too.
             * @example 42
             */
            file_count: number;
            /** @description Null for no limit. */
            quota_bytes: number | null;
            /**
             * @description With all versions, and what is in the trash.
             * @example 73400320
             */
            used_bytes: number;
        };
        UsedModelDto: {
            /** @description The model that was to be used and failed. */
            fell_back_from?: components["schemas"]["ReplacedModelDto"];
            /** @example family-stress */
            name: string;
            /** @example 1.0.0 */
            version: string;
        };
        UserDto: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            email_verified: boolean;
            /** @example Ada Lovelace */
            full_name: string | null;
            /** Format: uuid */
            id: string;
            is_active: boolean;
            /** Format: date-time */
            last_login: string | null;
            mfa_enabled: boolean;
            /** Format: uuid */
            organization_id: string;
            /** @example user */
            role: string;
            /** @description What the role allows now. */
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
            /** @example ada */
            username: string;
        };
        UserPageDto: {
            items: components["schemas"]["UserDto"][];
            /** @description Cursor of the next page; null on the last. */
            next_cursor: string | null;
        };
        VerifyDto: {
            /** @enum {string} */
            credential: "session" | "pat" | "api_key";
            /**
             * Format: date-time
             * @description Null for a credential that lasts until it is revoked.
             */
            expires_at: string | null;
            scopes: ("profile:read" | "profile:write" | "tokens:write" | "files:read" | "files:write" | "files:delete" | "files:manage" | "sandbox:read" | "sandbox:write" | "sandbox:execute" | "sandbox:cancel" | "lab:read" | "lab:write" | "conversations:read" | "conversations:write" | "api-keys:read" | "api-keys:write" | "users:read" | "users:manage" | "roles:manage" | "audit:read" | "backups:read" | "backups:write" | "admin")[];
            /** Format: uuid */
            user_id: string;
            /** @enum {boolean} */
            valid: true;
        };
        VerifyEmailDto: {
            /** @description From the link in the mail; works once, for 24 hours. */
            token: string;
        };
        WebAuthnOptionsDto: {
            /** @description For `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()` of the browser; good once, for five minutes. */
            options: {
                [key: string]: unknown;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    Jwks_jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JwksDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ApiKeys_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold api-keys:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ApiKeys_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKeyDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKeyDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold api-keys:write, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ApiKeys_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold api-keys:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ApiKeys_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold api-keys:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ApiKeys_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateApiKeyDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold api-keys:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ApiKeys_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateApiKeyDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKeyDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold api-keys:write, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    FileAccess_list: {
        parameters: {
            query?: {
                action?: "upload" | "download" | "delete" | "generate_url" | "redeem" | "restore";
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Also of a file that is gone. */
                file_id?: string;
                /** @description At or after. */
                from?: string;
                /** @description Address or network. */
                ip?: string;
                limit?: number;
                /** @description Before. */
                to?: string;
                /** @description Who did it. */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileAccessPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold audit:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Audit_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditKeysDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Audit_list: {
        parameters: {
            query?: {
                action?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At or after. */
                from?: string;
                /** @description Address or network. */
                ip?: string;
                limit?: number;
                resource?: string;
                /** @description Before. */
                to?: string;
                /** @description Who did it. */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditLogPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold audit:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Audit_export: {
        parameters: {
            query?: {
                action?: string;
                format?: "ndjson" | "csv";
                /** @description At or after. */
                from?: string;
                /** @description Address or network. */
                ip?: string;
                resource?: string;
                /** @description Before. */
                to?: string;
                /** @description Who did it. */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold audit:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Audit_verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerificationDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold audit:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ExternalSignIn_begin: {
        parameters: {
            query?: {
                /** @description S256 challenge (RFC 7636): only who has its verifier can then exchange the code. */
                code_challenge?: string;
                /** @description One of `OAUTH_REDIRECT_URIS`, or `PUBLIC_URL/console/signed-in`; the first unless given. */
                redirect_uri?: string;
                /** @description The exchange sets the session cookie instead of returning tokens. */
                session?: "cookie";
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The provider does not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ExternalSignIn_callback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    AccountRecovery_resend: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressDto"];
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    AccountRecovery_verifyEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyEmailDto"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ExternalSignIn_exchange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExchangeDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"] | components["schemas"]["BrowserSessionDto"] | components["schemas"]["MfaRequiredDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The account is deactivated. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Identities_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentitiesDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Identities_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkStartedDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The provider does not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Identities_unlink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_login: {
        parameters: {
            query?: {
                /** @description Sets the session cookie instead of returning tokens. */
                session?: "cookie";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"] | components["schemas"]["BrowserSessionDto"] | components["schemas"]["MfaRequiredDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The name and the password do not belong together. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The account is deactivated. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SecondFactor_loginMfa: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginMfaDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"] | components["schemas"]["BrowserSessionDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The token is unknown, used, expired or was tried too often, or the code is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    PasskeySignIn_login: {
        parameters: {
            query?: {
                /** @description Sets the session cookie instead of returning tokens. */
                session?: "cookie";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginPasskeyDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"] | components["schemas"]["BrowserSessionDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The token or the passkey is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The account is deactivated. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    PasskeySignIn_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyOptionsDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebAuthnOptionsDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The token is unknown, used, expired or was tried too often. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_logoutEverywhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mfa_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MfaDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:read, or the credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Passkeys_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeysDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:read, or the credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Passkeys_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePasskeyDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedPasskeyDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Passkeys_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Passkeys_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebAuthnOptionsDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mfa_makeRecoveryCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mfa_setUpTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpSetupDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mfa_removeTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveTotpDto"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mfa_confirmTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmTotpDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordDto"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    AccountRecovery_forgot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressDto"];
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    AccountRecovery_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPasswordDto"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_profile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_updateProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateProfileDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    ExternalSignIn_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProvidersDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SecondFactor_reauthenticate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReauthenticateDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"] | components["schemas"]["BrowserSessionDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    PasskeySignIn_reauthenticationOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebAuthnOptionsDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The refresh token is unknown, expired, revoked or was used before. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description This server does not let people register by themselves. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sessions_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sessions_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    PersonalTokens_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalTokenPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:read, or the credential is an API key, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    PersonalTokens_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePersonalTokenDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedPersonalTokenDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold tokens:write, or the credential is an API key, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    PersonalTokens_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold tokens:write, or the credential is an API key, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    PersonalTokens_revokePresented: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokeTokenDto"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Auth_verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifyDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description A CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                kind?: "full" | "incremental";
                limit?: number;
                status?: "queued" | "running" | "good" | "failed" | "damaged";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold backups:read, or under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateBackupDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold backups:write, or under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold backups:read, or under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold backups:write, or under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_verify: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold backups:write, or under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Conversations_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                /** @description Whole words, all of which must be there: "a phrase", or, -not. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold conversations:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Conversations_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateConversationDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold conversations:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Conversations_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold conversations:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Conversations_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold conversations:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Conversations_listMessages: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                /** @description Whole words, all of which must be there: "a phrase", or, -not. */
                q?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationMessagePageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold conversations:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Conversations_addMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddMessageDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationMessageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold conversations:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_list: {
        parameters: {
            query?: {
                collection?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Those in the trash instead. */
                deleted?: boolean;
                limit?: number;
                /** @description What the name contains, in either case. */
                q?: string;
                resource_id?: string;
                resource_type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilePageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_upload: {
        parameters: {
            query?: {
                /** @description Look into the file for what it tells of itself, and keep that as `extracted`. */
                extract?: boolean;
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadFields"] & {
                    /**
                     * Format: binary
                     * @description After all other fields.
                     */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body came too slowly, or stopped coming. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:delete, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateFileDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_replace: {
        parameters: {
            query?: {
                /** @description Look into the file for what it tells of itself, and keep that as `extracted`. */
                extract?: boolean;
            };
            header?: {
                /** @description The ETag of the version this one is to follow; 412 where another is current. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body came too slowly, or stopped coming. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_download: {
        parameters: {
            query?: {
                /** @description Whether a browser shows it; only of types that can not run anything. */
                disposition?: "attachment" | "inline";
                /** @description A URL to the file, or its bytes; else a URL where the store itself gives one, the bytes where not. */
                mode?: "url" | "stream";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it, or a URL to it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                    "application/json": components["schemas"]["DownloadUrlDto"];
                };
            };
            /** @description The range asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description It is what the caller has. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such file, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The file is not the one that the condition names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The file does not have this range, or several were asked for. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    FileLinks_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileLinkPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    FileLinks_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateFileLinkDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedFileLinkDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    FileLinks_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Files_restore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    FileVersions_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileVersionPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    FileVersions_download: {
        parameters: {
            query?: {
                /** @description Whether a browser shows it; only of types that can not run anything. */
                disposition?: "attachment" | "inline";
                /** @description A URL to the file, or its bytes; else a URL where the store itself gives one, the bytes where not. */
                mode?: "url" | "stream";
            };
            header?: never;
            path: {
                id: string;
                n: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it, or a URL to it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                    "application/json": components["schemas"]["DownloadUrlDto"];
                };
            };
            /** @description The range asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description It is what the caller has. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such file, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The file is not the one that the condition names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The file does not have this range, or several were asked for. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    FileCollections_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SharedFiles_redeem: {
        parameters: {
            query?: {
                /** @description Until when it works, in seconds since 1970. */
                expires?: string;
                /** @description Which key signed it. */
                key?: string;
                /** @description HMAC-SHA-256 over verb, path, `expires` and `key`, in base64url. */
                signature?: string;
            };
            header?: never;
            path: {
                link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description The range asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description The store itself has it, at `Location`, for a minute. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is what the caller has. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The address was changed, or the link does not work from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The file was deleted. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The link has expired, was revoked, or is used up. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The file is not the one that the condition names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The file does not have this range, or several were asked for. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Tus_create: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
                /** @description The version of the protocol: 1.0.0. */
                "Tus-Resumable": string;
                /** @description How many bytes it will be. */
                "Upload-Length": string;
                /** @description Names with values in base64: `filename` and, optionally, `filetype`, `collection`, `resource_type`, `resource_id`, `metadata`. */
                "Upload-Metadata"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Tus_describe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Tus_look: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Tus_abandon: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol: 1.0.0. */
                "Tus-Resumable": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Tus_append: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol: 1.0.0. */
                "Tus-Resumable": string;
                /** @description How many bytes have come before. */
                "Upload-Offset": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    DirectUploads_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUploadDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUploadDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    DirectUploads_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    DirectUploads_abandon: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    DirectUploads_complete: {
        parameters: {
            query?: {
                /** @description Look into the file for what it tells of itself, and keep that as `extracted`. */
                extract?: boolean;
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    DirectUploads_receive: {
        parameters: {
            query?: {
                /** @description Until when it works, in seconds since 1970. */
                expires?: string;
                /** @description Which key signed it. */
                key?: string;
                /** @description HMAC-SHA-256 over verb, path, `expires` and `key`, in base64url. */
                signature?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description All of it has come. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid, or the content has another size than announced. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The address was changed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The upload was given up. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The upload is complete. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The address has expired. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The store is full. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    StorageUsage_of: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageUsageDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold files:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Jobs_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobsDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold admin, or under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Traffic_lately: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrafficDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold admin, or under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabArchives_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchivePageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabArchives_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": string;
                };
            };
            /** @description It is what the caller has. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabInstances_assign: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignModelDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssignmentDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabInstances_unassign: {
        parameters: {
            query?: {
                /** @description The champion decides. A challenger’s prediction is recorded beside, to compare them. */
                role?: "champion" | "challenger";
            };
            header?: never;
            path: {
                instance_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabInstances_history: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                /** @description The champion decides. A challenger’s prediction is recorded beside, to compare them. */
                role?: "champion" | "challenger";
            };
            header?: never;
            path: {
                instance_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssignmentPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabPerformance_compare: {
        parameters: {
            query: {
                /** @description Experiments at or after. */
                from?: string;
                instance_id?: string;
                model_a: string;
                model_b: string;
                /** @description Experiments before. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComparisonDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabInstances_config: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instance_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineConfigDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabInstances_configure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instance_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineConfigDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineConfigDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabExperiments_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                decision?: "STAY" | "SWITCH" | "DRAIN" | "EVACUATE";
                /** @description At or after. */
                from?: string;
                instance_id?: string;
                limit?: number;
                /** @description Of the model whose prediction counted. */
                model_id?: string;
                /** @description Before. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabExperiments_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabExperiments_correct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OutcomeDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabExperiments_tell: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OutcomeDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabModels_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                is_experimental?: boolean;
                limit?: number;
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabModels_register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["RegisterModelFields"] & {
                    /**
                     * Format: binary
                     * @description After all other fields.
                     */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabModels_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabModels_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabModels_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateModelDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabModels_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description It is what the caller has. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It has no content. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabPerformance_of: {
        parameters: {
            query?: {
                /** @description Experiments at or after. */
                from?: string;
                instance_id?: string;
                /** @description Experiments before. */
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PerformanceDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    LabInstances_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instance_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineStatusDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold lab:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Organizations_current: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description A CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Organizations_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Organizations_update: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateOrganizationDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Organizations_restore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Invitations_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Invitations_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitationDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Invitations_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Invitations_accept: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Organizations_transfer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferOrganizationDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or the credential is not a session, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Roles_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolesDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description A CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Roles_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRoleDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold roles:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Roles_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description A CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Roles_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold roles:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Roles_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoleDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold roles:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxHistory_groupSavings: {
        parameters: {
            query?: {
                /** @description Of everybody in the organisation; needs `sandbox:cancel`. */
                all?: boolean;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At or after. */
                from?: string;
                group?: "session" | "user" | "organization" | "day";
                limit?: number;
                /** @description Before. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupedSavingsPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxSessions_list: {
        parameters: {
            query?: {
                /** @description Those of everybody in the organisation; needs `sandbox:cancel`. */
                all?: boolean;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                status?: "active" | "expired" | "ended";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxSessionPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxSessions_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSandboxSessionDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxSessionDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxSessions_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxSessionDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxSessions_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxHistory_listActions: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxEvaluations_evaluate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluateDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Refused.
             *
             *     The caller does not hold sandbox:execute, or a CSRF proof is missing, or the credential may not be used from this address.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /**
             * @description Too many requests; Retry-After says when.
             *
             *     Too many requests; Retry-After says when.
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The market does not answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxHistory_lastEvaluation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxHistory_readLogs: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Server-sent events, from `cursor` or `Last-Event-ID` on (else from the first line), until the session ends. */
                follow?: boolean;
                level?: "debug" | "info" | "warn" | "error";
                limit?: number;
                log_type?: "SCRAPER" | "FILTER" | "RISK" | "OPTIMIZER" | "SIGNAL" | "ACTUATOR" | "SYSTEM";
            };
            header?: {
                /** @description With `follow=true`: the `seq` of the last line seen. */
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxLogPageDto"];
                    "text/event-stream": string;
                };
            };
            /** @description The session is over and all of its log was seen. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxHistory_listSavings: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionSavingsPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SandboxEvaluations_tell: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignalDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxSessionDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold sandbox:execute, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Refused. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                is_active?: boolean;
                limit?: number;
                /** @description Part of the e-mail, username or full name. */
                q?: string;
                role?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 h the same key with the same body gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUserDto"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    /** @description Present when this is the answer to an earlier request with the same Idempotency-Key. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field or the Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The Idempotency-Key came with another request before. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateUserDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalDataDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description A CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_forcePasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    UserMfa_reset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or the credential is not a session, or the session was proven more than ten minutes ago (`reauthentication_required`), or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_revokeSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    UserImport_import: {
        parameters: {
            query?: {
                /** @description All lines or none. */
                atomic?: boolean;
                /** @description Checks everything, changes nothing. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReportDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold users:manage, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Not available right now; Retry-After says when. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Preferences_list: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferencePageDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:read, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Preferences_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutPreferenceDto"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferenceDto"];
                };
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description It conflicts with what is there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The body has the wrong type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Preferences_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names every bad field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No credential, or one that is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The caller does not hold profile:write, or a CSRF proof is missing, or the credential may not be used from this address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Too many requests; Retry-After says when. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Health_report: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthDto"];
                };
            };
            /** @description Done. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthDto"];
                };
            };
        };
    };
    Health_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeDto"];
                };
            };
        };
    };
    Health_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeDto"];
                };
            };
            /** @description Starting, draining or without the database. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Health_scrape: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description METRICS_TOKEN is set and was not sent. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
}
