import { Global, Module } from '@nestjs/common';
import { Sealer } from './sealer.js';

/** Secrets that must be read again. */
@Global()
@Module({ providers: [Sealer], exports: [Sealer] })
export class CryptoModule {}
