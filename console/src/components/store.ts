/** A value that changes outside of React: `useSyncExternalStore(store.subscribe, store.get)`. */
export class Store<Value> {
  private readonly listeners = new Set<() => void>();

  constructor(private current: Value) {}

  get value(): Value {
    return this.current;
  }

  readonly get = (): Value => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(value: Value): void {
    this.current = value;
    for (const listener of this.listeners) listener();
  }
}
