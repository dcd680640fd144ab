import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RootLogger } from '../../common/http/logger.js';
import { AppConfig, MailConfig } from '../../config/config.js';
import { FileDriver } from './drivers/file.driver.js';
import { MailDriver } from './drivers/mail-driver.js';
import { SmtpDriver } from './drivers/smtp.driver.js';
import { Letters } from './letters.js';
import { MailDelivery } from './mail-delivery.js';
import { MailJobs } from './mail.jobs.js';
import { MailMetrics } from './mail-metrics.js';
import { MailRepository } from './mail.repository.js';
import { MailSender } from './mail-sender.js';
import { MailService } from './mail.service.js';
import { OutgoingMailEntity } from './outgoing-mail.entity.js';
import { PersonalMails } from './personal-mails.js';
import { PersonalMailsRepository } from './personal-mails.repository.js';

/** Mails that leave when, and only when, the change they tell of is committed. Refuses any recipient but one plain address. */
@Module({
  imports: [TypeOrmModule.forFeature([OutgoingMailEntity])],
  providers: [
    Letters,
    MailDelivery,
    MailJobs,
    MailMetrics,
    MailRepository,
    MailSender,
    MailService,
    PersonalMails,
    PersonalMailsRepository,
    { provide: MailDriver, inject: [MailConfig, AppConfig, RootLogger], useFactory: openDriver },
  ],
  exports: [MailService],
})
export class MailModule {}

function openDriver(
  { smtpUrl }: MailConfig,
  { dataDir, environment }: AppConfig,
  { pino }: RootLogger,
): MailDriver {
  if (smtpUrl !== null) return new SmtpDriver(smtpUrl);
  const folder = join(dataDir, 'outbox');
  const level = environment === 'production' ? 'warn' : 'info';
  pino[level](
    { context: 'MailModule' },
    `No SMTP_URL: mails are kept as files in ${folder}, and reach nobody`,
  );
  return new FileDriver(folder);
}
