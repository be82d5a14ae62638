import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let one: Walled;

beforeAll(async () => {
  test = await createTestWall();
  one = await test.build();
});
afterAll(() => test?.cleanUp());

describe('the wall', () => {
  it('proves itself from inside the agent container', async () => {
    const report = await test.wall.test(one.workspaceId);
    const bad = report.attempts.filter(({ result }) => result === 'failed');
    expect(bad).toEqual([]);
    expect(report.passed).toBe(true);
    expect(report.attempts.find(({ id }) => id === 'canary-heard')?.result).toBe('passed');
    expect(test.wall.state(one.workspaceId).kind).toBe('standing');
  });
});
