import { Column, Entity, ForeignKey, Unique } from 'typeorm';
import type { Scope } from '../../common/access/scopes.js';
import { BaseEntity } from '../../database/base.entity.js';
import { OrganizationEntity } from './organization.entity.js';

/** A role an organisation made for itself; the built-in ones live in code. */
@Entity('roles')
@Unique('roles_organization_id_name_key', ['organizationId', 'name'])
export class RoleEntity extends BaseEntity {
  @ForeignKey(() => OrganizationEntity, { onDelete: 'CASCADE', name: 'roles_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text', array: true })
  scopes!: Scope[];
}
