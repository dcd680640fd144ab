import { Global, Module } from '@nestjs/common';
import { OrganizationData } from './organization-data.js';
import { PersonalData } from './personal-data.js';

/** What is held about people and organisations, so that it can be handed out and removed. Refuses two of the same name. */
@Global()
@Module({ providers: [OrganizationData, PersonalData], exports: [OrganizationData, PersonalData] })
export class PersonalDataModule {}
