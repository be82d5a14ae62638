import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, startHouse } from '../support/house.ts';
import { type AppPage, type Viewer, launchViewer } from './viewer.ts';

/** What a browser does not get whole: the network of this machine changes with each container, and requests under way end. */

let viewer: Viewer;
let app: AppPage;
let house: House;

beforeAll(async () => {
  [viewer, house] = await Promise.all([launchViewer(), startHouse(join(import.meta.dirname, '../../dist/renderer'))]);
  app = await viewer.open(house.data);
});
afterAll(async () => {
  await app?.close();
  await viewer?.close();
  await house?.stop();
});

test('a part of the page that could not be fetched is had by loading the page anew, once, and the page asked for is shown', async () => {
  const { page } = app;
  let loads = 0;
  page.on('load', () => (loads += 1));
  await page.route('**/settings-page-*.js', (route) => (loads < 2 ? route.abort('internetdisconnected') : route.continue()));
  await app.startOver();
  await page.getByRole('row', { name: /orchard-api/ }).waitFor();
  expect(loads).toBe(1);
  await page.evaluate("location.hash = '#/settings/general'");
  await page.getByRole('heading', { name: 'General' }).waitFor();
  expect(loads).toBe(2);
});

test('one that stays away is said to have failed, and nothing is loaded again and again', async () => {
  const { page } = app;
  let loads = 0;
  page.on('load', () => (loads += 1));
  await page.route('**/logs-page-*.js', (route) => route.abort('internetdisconnected'));
  await app.startOver();
  await page.getByRole('row', { name: /orchard-api/ }).waitFor();
  await page.evaluate("location.hash = '#/w/11111111/logs'");
  await page.getByText('This screen failed').waitFor();
  expect(loads).toBe(2);
});
