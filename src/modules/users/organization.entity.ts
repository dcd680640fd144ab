import { Column, Entity } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A tenant: every other row belongs to one. */
@Entity('organizations')
export class OrganizationEntity extends BaseEntity {
  @Column({ type: 'text' })
  name!: string;
}
