import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { SignInProvidersConfig, type ProviderSettings } from '../../../config/sign-in-providers.js';
import { IdentityErrors } from '../identities.errors.js';
import { GitHubProvider } from './github.provider.js';
import { GoogleProvider } from './google.provider.js';
import { OidcProvider } from './oidc.provider.js';
import type { Provider } from './provider.js';

/** The providers that are configured. */
@Injectable()
export class Providers {
  readonly all: readonly Provider[];

  constructor({ providers }: SignInProvidersConfig, clock: Clock) {
    this.all = providers.map((settings) => providerOf(settings, clock));
  }

  get names(): string[] {
    return this.all.map(({ name }) => name);
  }

  /** @throws AppError 404. */
  mustFind(name: string): Provider {
    const provider = this.all.find((candidate) => candidate.name === name);
    if (provider === undefined) throw IdentityErrors.unknownProvider();
    return provider;
  }
}

function providerOf(settings: ProviderSettings, clock: Clock): Provider {
  if (settings.kind === 'oidc') return new OidcProvider(settings, clock);
  return settings.kind === 'google' ? new GoogleProvider(settings) : new GitHubProvider(settings);
}
