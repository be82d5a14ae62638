import { describe, expect, it } from 'vitest';
import { forwardedNames, renderHosts } from './forwarding.ts';

const map = (...keys: readonly string[]): ReadonlyMap<string, string> => new Map(keys.map((key) => [key, 'allow']));

describe('names for TCP', () => {
  it('are those that something is allowed to, each once, with its ports in order', () => {
    const tcp = new Map([
      ['db.example.com:6432', 'allow-private'],
      ['git.example.com:22', 'allow'],
      ['db.example.com:5432', 'allow'],
      ['bad.example.com:22', 'deny'],
    ]);
    expect(forwardedNames(tcp)).toMatchObject([
      { name: 'db.example.com', ports: [5432, 6432] },
      { name: 'git.example.com', ports: [22] },
    ]);
  });

  it('have an address of their own, which stays when others come and go', () => {
    const [alone] = forwardedNames(map('git.example.com:22'));
    const names = forwardedNames(map('a.example.com:22', 'b.example.com:22', 'git.example.com:22', 'git.example.com:9418'));
    expect(names.find(({ name }) => name === 'git.example.com')?.address).toBe(alone!.address);
    expect(alone!.address).toMatch(/^127\.77\.\d{1,3}\.\d{1,3}$/);
  });

  it('never share an address, however many there are', () => {
    const names = forwardedNames(map(...Array.from({ length: 5000 }, (_, number) => `n${number}.example.com:22`)));
    expect(new Set(names.map(({ address }) => address)).size).toBe(5000);
    for (const { address } of names)
      expect(address).toMatch(/^127\.77\.([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-4])$/);
  });

  it('are lines of a hosts file', () => {
    expect(renderHosts([{ name: 'git.example.com', address: '127.77.1.2', ports: [22, 9418] }])).toBe('127.77.1.2 git.example.com\n');
    expect(renderHosts([])).toBe('');
  });
});
