import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a job fared last, on whichever replica; of the whole installation, of no organisation. */
@Entity('job_runs')
export class JobRunEntity {
  @PrimaryColumn({ type: 'text' })
  name!: string;

  @Column({ type: 'timestamptz' })
  startedAt!: Date;

  /** Null while it runs, and for ever where its process died over it. */
  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;

  /** Of the last run that finished. */
  @Column({ type: 'text', nullable: true })
  outcome!: string | null;

  /** The code of what it failed of; a message might hold anything. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  succeededAt!: Date | null;
}
