import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { DomainEvent, DomainEventName, DomainEvents } from './domain-events.js';

type Relay = (events: readonly DomainEvent[]) => Promise<void>;
type Observer = (event: DomainEvent) => void;
type Reaction = (event: DomainEvent) => Promise<void>;

const RAISED = Symbol('events raised in this unit of work');

/**
 * Typed domain events. Those of a change are handed to the relays inside its
 * transaction, just before it commits, and vanish with a rollback; those that
 * change nothing (a refused request) go to the observers at once.
 */
@Injectable()
export class EventBus {
  private readonly reactions: Reaction[] = [];
  private readonly relays: Relay[] = [];
  private readonly observers: Observer[] = [];

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cls: ClsService,
  ) {
    unitOfWork.onBeforeCommit(
      () => this.relay(),
      () => false,
    );
  }

  /** Raises an event of the current change. */
  emit<Name extends DomainEventName>(name: Name, payload: DomainEvents[Name]): void {
    if (!this.unitOfWork.isActive) throw new Error(`Event ${name} was raised outside a unit of work`);
    const raised = this.cls.get<DomainEvent[] | undefined>(RAISED);
    const event = { name, payload } as DomainEvent;
    if (raised === undefined) this.cls.set(RAISED, [event]);
    else raised.push(event);
  }

  /** Reports something that happened without changing anything. */
  observe<Name extends DomainEventName>(name: Name, payload: DomainEvents[Name]): void {
    for (const observer of this.observers) observer({ name, payload } as DomainEvent);
  }

  /** Lets a module do its part of another's change, in the same transaction. It may raise further events. */
  react<Name extends DomainEventName>(
    name: Name,
    reaction: (payload: DomainEvents[Name]) => Promise<void>,
  ): void {
    this.reactions.push(async (event) => {
      if (event.name === name) await reaction(event.payload as DomainEvents[Name]);
    });
  }

  /** Hands over all events of a change once everybody has reacted. */
  onCommitting(relay: Relay): void {
    this.relays.push(relay);
  }

  onObserved(observer: Observer): void {
    this.observers.push(observer);
  }

  private async relay(): Promise<void> {
    const raised = this.cls.get<DomainEvent[] | undefined>(RAISED) ?? [];
    if (raised.length === 0) return;
    // A reaction may append to the list it is called from.
    for (const event of raised) for (const reaction of this.reactions) await reaction(event);
    for (const relay of this.relays) await relay(raised);
  }
}
