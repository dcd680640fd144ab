/**
 * Every domain event and its payload. Modules add theirs by declaration merging
 * in `*.events.ts`, so the list is complete at compile time and nowhere edited
 * by hand.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface DomainEvents {}

export type DomainEventName = keyof DomainEvents;

export type DomainEvent = {
  [Name in DomainEventName]: { readonly name: Name; readonly payload: DomainEvents[Name] };
}[DomainEventName];
