import { TestApp } from '../support/app.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  PHONE,
  picture,
  sideways,
} from '../support/chromium.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { constantModel, insertedModel, recorded, registeredModel } from '../support/lab.js';

const INSTANCE = 'i-0abcd1234ef567890';

describeWithChromium('the lab in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  let user: SignedIn;
  let client: ApiClient;
  openConsole((opened) => ({ app, browser } = opened));
  beforeEach(async () => {
    user = await app.given.signedIn({ role: 'lab', organizationId: await app.given.organization() });
    client = app.as(user);
  });

  const file = (buffer: Buffer) => ({ name: 'model.onnx', mimeType: 'application/octet-stream', buffer });

  async function named(name: string) {
    const model = await insertedModel(app, user);
    await app.database.query('UPDATE lab_models SET name = $1 WHERE id = $2', [name, model.id]);
    return { ...model, name };
  }

  /** Experiments that two models judged, of which it is known what came. */
  async function givenCompared() {
    const [a, b] = [await named('night-owl'), await named('early-bird')];
    const cases = [
      { p: 0.9, other: 0.6, came: true },
      { p: 0.8, other: 0.3, came: true },
      { p: 0.1, other: 0.4, came: false },
    ];
    for (const { p, other, came } of cases) {
      const predicted = { organizationId: user.organizationId, instanceId: INSTANCE, p, model: a };
      const id = await recorded(app, { ...predicted, challenger: { ...b, p: other } });
      const outcome = { interrupted: came, observed_at: app.clock.now().toISOString() };
      expect((await client.post(`/lab/experiments/${id}/outcome`, outcome)).status).toBe(201);
      await app.database.query(
        `UPDATE lab_experiments SET created_at = created_at - interval '1 day' * $1 WHERE id = $2`,
        [p, id],
      );
    }
    return { a, b };
  }

  it('uploads a model, tells at each field what is refused, and lists it', async () => {
    await registeredModel(client, { name: 'night-owl', version: '1.0.0' });
    const { page, faults } = await browser.signedInAs(user, '/lab');
    // As on a page served by plain http.
    await page.evaluate('delete Crypto.prototype.randomUUID');
    await page.getByRole('link', { name: 'Upload a model' }).click();
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('Choose the ONNX file.').waitFor();
    await page.getByLabel('Name').fill('night owl');
    await page.getByLabel('Version').fill('one');
    await page.getByLabel('Metrics').fill('{"auc": 0.91');
    await page.getByLabel('ONNX file').setInputFiles(file(Buffer.from('no model at all')));
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText(/^Must be 1 to 64 letters/).waitFor();
    await page.getByText(/^Must be a semantic version/).waitFor();
    expect(await page.getByLabel('Metrics').getAttribute('aria-invalid')).toBe('true');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Name').fill('night-owl');
    await page.getByLabel('Version').fill('1.0.0');
    await page.getByLabel('Metrics').fill('{"auc": 0.91}');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('There is a night-owl 1.0.0 already.').waitFor();
    await page.getByLabel('Version').fill('1.1.0');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.locator('.field', { hasText: 'ONNX file' }).locator('.error').waitFor();
    await page.getByLabel('ONNX file').setInputFiles(file(constantModel()));
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('heading', { level: 1, name: 'night-owl 1.1.0' }).waitFor();
    await page.getByText('0.91', { exact: true }).waitFor();

    await page.getByLabel('What it is').fill('Of spring');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It is saved.').waitFor();
    await page.goto(`${app.url}/console/lab?name=night-owl`);
    await page.getByText('Of spring').waitFor();
    expect(await page.getByRole('table', { name: 'Models' }).getByRole('link').allInnerTexts()).toEqual([
      'night-owl 1.1.0',
      'night-owl 1.0.0',
    ]);
    expect(faults).toEqual([]);
  });

  it('assigns a champion and a challenger, takes one back and forth, and changes the pipeline', async () => {
    const [steady, trial] = [
      await registeredModel(client, { name: 'steady' }),
      await registeredModel(client, { name: 'trial' }),
    ];
    const { page, faults } = await browser.signedInAs(user, '/lab/instances');
    await page.getByLabel('Instance id').fill('a b');
    await page.keyboard.press('Enter');
    await page.getByText(/^1 to 64 letters/).waitFor();
    await page.getByLabel('Instance id').fill(INSTANCE);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: INSTANCE }).waitFor();
    await page.getByText('None yet: the built-in model judges.').waitFor();
    expect(await page.getByRole('button', { name: 'Back to the built-in' }).count()).toBe(0);
    await page.getByRole('option', { name: 'steady 1.0.0' }).waitFor({ state: 'attached' });
    for (const [model, role] of [
      [steady, 'champion'],
      [trial, 'challenger'],
    ]) {
      await page.getByLabel('Model', { exact: true }).selectOption(model.id);
      await page.getByLabel('As', { exact: true }).selectOption(role);
      await page.getByRole('button', { name: 'Assign' }).click();
      await page.getByText(`is the ${role} of ${INSTANCE}`).waitFor();
    }
    const back = page.getByRole('button', { name: 'Back to the built-in' });
    await back.click();
    await page.getByText('steady 1.0.0 is the champion no more.').waitFor();
    await back.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await back.waitFor();
    const status = (await client.get(`/lab/pipeline-status/${INSTANCE}`)).body;
    expect([status.model.id, status.challenger.id]).toEqual([steady.id, trial.id]);

    await page.getByLabel(/^Safety gate: crash/).fill('1.5');
    await page.getByRole('button', { name: 'Save the pipeline' }).click();
    await page.getByText('From 0 to 1.').waitFor();
    await page.getByLabel(/^Safety gate: crash/).fill('0.6');
    await page.getByLabel('Bin packing').uncheck();
    await page.getByRole('button', { name: 'Save the pipeline' }).click();
    await page.getByText('The pipeline is saved.').waitFor();
    expect((await client.get(`/lab/config/${INSTANCE}`)).body).toMatchObject({
      safety_gate: { enabled: true, max_crash_probability: 0.6 },
      bin_packing: { enabled: false },
    });
    expect(faults).toEqual([]);
  });

  it('compares two models by what came, and keeps the choice in the address', async () => {
    const { a, b } = await givenCompared();
    const { page, faults } = await browser.signedInAs(user, '/lab/compare');
    await page.getByRole('heading', { name: 'Choose two models' }).waitFor();
    await page.getByLabel('Model A').selectOption(a.id);
    await page.getByLabel('Model B').selectOption(b.id);
    const table = page.getByRole('table', { name: 'Comparison' });
    await table.getByRole('columnheader', { name: `${a.name} 1.0.0 (better)` }).waitFor();
    // (0.01 + 0.01 + 0.04) / 3 and (0.16 + 0.16 + 0.49) / 3.
    const brier = table.getByRole('row', { name: /^Brier/ });
    expect(await brier.getByRole('cell').allInnerTexts()).toEqual(['0.0200', '0.2700']);
    await page.locator('.chart canvas').waitFor();
    await page.reload();
    await table.getByRole('columnheader', { name: `${a.name} 1.0.0 (better)` }).waitFor();
    expect([await barriers(page), faults]).toEqual([[], []]);
  });

  it('lists experiments, takes what came of one, and takes it back', async () => {
    const id = await recorded(app, { organizationId: user.organizationId, instanceId: INSTANCE, p: 0.3 });
    await recorded(app, { organizationId: user.organizationId, instanceId: 'i-other', p: 0.7 });
    const { page, faults } = await browser.signedInAs(user, `/lab/experiments?instance=${INSTANCE}`);
    const table = page.getByRole('table', { name: 'Experiments' });
    await table.getByRole('button', { name: 'Interrupted' }).click();
    await table.getByText('interrupted', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await table.getByText('stayed', { exact: true }).waitFor();
    expect((await client.get(`/lab/experiments/${id}`)).body.outcome.interrupted).toBe(false);
    expect(await table.getByRole('row').count()).toBe(2);
    expect(faults).toEqual([]);
  });

  it('deletes a model after asking, unless it is in use', async () => {
    const model = await registeredModel(client, { name: 'leaving' });
    await client.post('/lab/assign-model', { instance_id: INSTANCE, model_id: model.id });
    const { page, faults } = await browser.signedInAs(user, `/lab/models/${model.id}`);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete the model' }).click();
    await dialog.getByText(`It judges ${INSTANCE}.`).waitFor();
    await client.delete(`/lab/assign-model/${INSTANCE}`);
    await dialog.getByRole('button', { name: 'Delete the model' }).click();
    await page.getByText('leaving 1.0.0 is deleted.').waitFor();
    expect((await client.get(`/lab/models/${model.id}`)).status).toBe(404);
    expect(faults).toEqual([]);
  });

  it('shows a viewer nothing to change, and a guest no page', async () => {
    const model = await insertedModel(app, user);
    const viewer = await app.given.user({ role: 'viewer', organizationId: user.organizationId });
    const { page } = await browser.signedInAs(viewer, `/lab/models/${model.id}`);
    await page.getByRole('table', { name: 'How right it was' }).waitFor();
    expect(await page.locator('main').getByRole('button').count()).toBe(0);
    await page.goto(`${app.url}/console/lab/instances/${INSTANCE}`);
    await page.getByText('None yet: the built-in model judges.').waitFor();
    expect(await page.locator('main').getByRole('button').count()).toBe(0);
    await page.goto(`${app.url}/console/lab/upload`);
    await page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    const guest = await browser.signedIn('guest', '/lab');
    await guest.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(await guest.page.getByRole('link', { name: 'Lab' }).count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const { a, b } = await givenCompared();
    const { page, faults } = await browser.signedInAs(user, `/lab/compare?a=${a.id}&b=${b.id}`, {
      colorScheme,
    });
    await page.locator('.chart canvas').waitFor();
    await picture(page, `lab-${colorScheme}`);
    await page.setViewportSize(PHONE);
    for (const [path, told] of [
      ['/lab/experiments', 'Predictions'],
      [`/lab/instances/${INSTANCE}`, 'Last evaluation'],
      [`/lab/models/${a.id}`, 'How right it was'],
    ]) {
      expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
      await page.goto(`${app.url}/console${path}`);
      await page.getByRole('heading', { name: told ?? '' }).waitFor();
    }
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
  });
});
