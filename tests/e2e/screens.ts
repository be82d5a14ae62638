import type { Locator, Page } from 'playwright-core';

/** The screens in a person's words. They find things by role and name, as a screen reader does. */
export function screensOf(page: Page) {
  return {
    firstStart: page.getByRole('heading', { name: 'Add a folder' }),
    sheet: (name: string | RegExp): Locator => page.getByRole('dialog', { name }),
    path: page.getByRole('combobox', { name: /^Path of the folder/ }),
    folder: (name: string): Locator => page.getByRole('option', { name }),
    problem: page.getByRole('alert'),
    project: (name: string): Locator => page.getByRole('row', { name: new RegExp(name) }),
    step: (state: string): Locator => page.locator(`[data-step][data-state="${state}"]`),
    terminal: page.getByRole('textbox', { name: 'Terminal input' }),
    pane: page.locator('section.pane'),
    paneOf: (name: string): Locator => page.getByRole('region', { name: new RegExp(`^${name} in`) }),
    tab: (name: string): Locator => page.getByRole('navigation', { name: 'Project', exact: true }).getByRole('link', { name, exact: true }),
    rail: (name: string): Locator => page.getByRole('navigation', { name: 'All projects' }).getByRole('link', { name, exact: true }),
    button: (name: string | RegExp): Locator => page.getByRole('button', { name }),
    paused: page.getByRole('button', { name: /^Paused, resume/ }),
    apiKey: page.getByLabel('API key'),
    environment: page.getByLabel('Environment'),
    privateSwitch: page.getByRole('switch', { name: 'Private addresses too' }),
    ruleForm: page.getByRole('form', { name: /rule$/ }),
    blockedCard: page.locator('[data-blocked-card]'),
    shield: page.locator('[data-shield]'),
    rule: (pattern: string): Locator => page.locator(`[data-rule="${pattern}"]`),
    ruleField: page.getByRole('textbox', { name: /Search the rules/ }),
    blockedName: (host: string): Locator => page.locator(`[data-blocked="${host}"]`),
    decisions: page.locator('[data-verdict]'),
    mode: (name: string): Locator => page.getByRole('group', { name: 'Network mode' }).getByRole('button', { name }),
    report: page.getByRole('region', { name: 'Self-test' }),
    banner: page.getByText('Forgehold is not running; reconnecting…'),
  };
}
