import { streamed, type Stage } from './stage.js';

export function itRefusesToWrite(stage: Stage): void {
  it('changes nothing, whatever it is asked', async () => {
    const [key, other] = [stage.fresh(), stage.fresh('other')];
    await stage.behind.set(key, Buffer.from('as it was'));
    const { store } = stage;
    const attempts = {
      set: () => store.set(key, Buffer.from('new')),
      'set of a new key': () => store.set(other, Buffer.from('new')),
      setMultipart: () => store.setMultipart(key, streamed(Buffer.from('new'))),
      delete: () => store.delete(key),
      'delete of nothing': () => store.delete(other),
      copy: () => store.copy(key, other),
    };
    for (const [what, attempt] of Object.entries(attempts)) {
      const refusal = await attempt().then(
        () => 'done',
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(`${what}: ${refusal}`).toBe(`${what}: storage_read_only`);
    }
    expect((await stage.read(key)).toString()).toBe('as it was');
    expect(await stage.list(other)).toEqual([]);
    expect(await store.signUrl(key, 'PUT', { expiresInSeconds: 60 })).toBeNull();
    await stage.mustBeTidy();
  });
}
