import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { UsersModule } from '../users/users.module.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationLetters } from './invitation-letters.js';
import { InvitationEntity } from './invitation.entity.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { MembershipData } from './membership-data.js';
import { MembershipDataRepository } from './membership-data.repository.js';
import { OpenInvitations } from './open-invitations.js';
import { OrganizationReactions } from './organization-reactions.js';
import { OrganizationRemoval } from './organization-removal.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsJobs } from './organizations.jobs.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationsService } from './organizations.service.js';

/** Organisations: their settings, owners, invitations and end. Refuses to remove one before its time of grace is over. */
@Module({
  imports: [TypeOrmModule.forFeature([InvitationEntity]), AuthModule, MailModule, UsersModule],
  controllers: [InvitationsController, OrganizationsController],
  providers: [
    InvitationAcceptanceService,
    InvitationLetters,
    InvitationsRepository,
    InvitationsService,
    MembershipData,
    MembershipDataRepository,
    OpenInvitations,
    OrganizationReactions,
    OrganizationRemoval,
    OrganizationsJobs,
    OrganizationsRepository,
    OrganizationsService,
  ],
})
export class OrganizationsModule {}
