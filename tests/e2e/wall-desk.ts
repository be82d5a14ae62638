import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { until } from '../fixtures/core.ts';
import { type House, startHouse } from '../support/house.ts';
import { makeReport, sampleDecisions, sampleRules } from '../support/sample-domains.ts';
import { describeFocus, findBarriers } from './browser.ts';
import { screensOf } from './screens.ts';
import { type AppPage, type Viewer, launchViewer } from './viewer.ts';

/** The screens of the wall, on a core that keeps its lists in memory. What the wall itself does is tried elsewhere. */
export type WallDesk = {
  readonly workspaceId: string;
  readonly house: () => House;
  readonly app: () => AppPage;
  readonly page: () => Page;
  readonly screens: () => ReturnType<typeof screensOf>;
  readonly go: (address: string) => Promise<void>;
  /** The rules of the first workspace. */
  readonly openRules: () => Promise<void>;
  readonly press: (...keys: readonly string[]) => Promise<void>;
  /** Also puts the page back to the size of a desk. */
  readonly expectNoBarriers: () => Promise<void>;
  readonly focused: (words: string | RegExp) => Promise<string>;
  /** What a call was made with so far. */
  readonly calledWith: (name: string) => unknown[];
};

/** A house with rules and decisions, and a page of it, anew for each test of the file. A page that complains fails its test. */
export function useWallDesk(): WallDesk {
  const workspaceId = '1'.repeat(8);
  let viewer: Viewer;
  let app: AppPage;
  let house: House;
  beforeAll(async () => {
    viewer = await launchViewer();
  });
  afterAll(async () => {
    await viewer?.close();
  });
  beforeEach(async () => {
    house = await startHouse(join(import.meta.dirname, '../../dist/renderer'));
    house.domains.rules = sampleRules();
    house.domains.decisions = sampleDecisions(house.domains.rules);
    house.domains.reports.set(workspaceId, makeReport(workspaceId));
    app = await viewer.open(house.data);
    await app.page.getByRole('row', { name: /orchard-api/ }).waitFor();
  });
  afterEach(async () => {
    const complaints = app.complaints.splice(0);
    await app.close();
    await house.stop();
    if (complaints.length > 0) throw new Error(`The page complains: ${complaints.join('; ')}`);
  });
  const go = (address: string): Promise<void> => app.page.evaluate(`location.hash = '#/${address}'`);
  return {
    workspaceId,
    house: () => house,
    app: () => app,
    page: () => app.page,
    screens: () => screensOf(app.page),
    go,
    async openRules() {
      await go(`w/${workspaceId}/domains`);
      await screensOf(app.page).rule('api.anthropic.com').waitFor();
    },
    async press(...keys) {
      for (const key of keys) await app.page.keyboard.press(key);
    },
    async expectNoBarriers() {
      expect(await findBarriers(app.page)).toEqual([]);
      await app.page.setViewportSize({ width: 1440, height: 900 });
    },
    focused: (words) =>
      until(
        () => describeFocus(app.page),
        (focus) => (typeof words === 'string' ? focus.includes(words) : words.test(focus)),
        `the focus on ${String(words)}`,
      ),
    calledWith: (name) => house.called.filter((call) => call.name === name).map((call) => call.input),
  };
}
