import { Global, Module } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.js';

/** Passwords: what is kept of them, and which will do. Refuses more at once than the machine can hash. */
@Global()
@Module({ providers: [PasswordHasher], exports: [PasswordHasher] })
export class PasswordsModule {}
