import { Injectable } from '@nestjs/common';

type Eraser = (organizationId: string) => Promise<void>;

/**
 * What an organisation holds beside its people: modules register how to remove
 * what neither goes with them nor, by foreign key, with the organisation's row.
 */
@Injectable()
export class OrganizationData {
  private readonly erasers: Eraser[] = [];

  register(eraser: Eraser): void {
    this.erasers.push(eraser);
  }

  /** Part of the caller's unit of work; runs when nobody is left in it, before its row is deleted. */
  async erase(organizationId: string): Promise<void> {
    for (const erase of this.erasers) await erase(organizationId);
  }
}
