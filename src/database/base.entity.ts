import { CreateDateColumn, PrimaryColumn } from 'typeorm';

/** What every row has: a UUIDv7 made by the application (it sorts by time) and its birth. */
export abstract class BaseEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
