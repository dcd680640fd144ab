import { Module } from '@nestjs/common';
import { ConsoleService } from './console.service.js';

/** The web console. Refuses whatever is not a file of its build; no rule of the business is here. */
@Module({ providers: [ConsoleService], exports: [ConsoleService] })
export class ConsoleModule {}
