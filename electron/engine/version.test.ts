import { describe, expect, it } from 'vitest';
import { negotiateVersion, newestApi } from './version.ts';

const answer = (ApiVersion: string, MinAPIVersion?: string): object => ({
  Version: '1',
  ApiVersion,
  Os: 'linux',
  ...(MinAPIVersion !== undefined && { MinAPIVersion }),
});

describe('negotiateVersion', () => {
  it('speaks the engine’s version up to the newest that we know', () => {
    expect(negotiateVersion(answer('1.41')).apiVersion).toBe('1.41');
    expect(negotiateVersion(answer('1.99')).apiVersion).toBe(newestApi);
  });

  it.each([
    ['engine/too-old', answer('1.40')],
    ['engine/too-old', answer('1.9')],
    ['engine/too-new', answer('1.99', '1.60')],
    ['engine/not-docker', { hello: 'world' }],
    ['engine/not-docker', 'OK'],
  ])('refuses with %s', (code, of) => {
    expect(() => negotiateVersion(of)).toThrow(expect.objectContaining({ code }));
  });
});
