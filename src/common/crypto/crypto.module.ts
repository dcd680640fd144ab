import { Global, Module } from '@nestjs/common';
import { Sealer } from './sealer.js';

/** Secrets that must be read again. Refuses what was altered or sealed under a key it does not hold. */
@Global()
@Module({ providers: [Sealer], exports: [Sealer] })
export class CryptoModule {}
