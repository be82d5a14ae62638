import type { Attempt } from './model/selftest.ts';

/** What asks the gateway, and is answered by it: ids of attempts. */
const toGateway = ['denied-http', 'denied-tls', 'dns', 'allowed-http', 'allowed-tls'];
const cutOff =
  'Nothing of the agent\'s reaches its own gateway: a rule that an engine left in its host\'s firewall when it was killed can do that ("iptables -t nat -S POSTROUTING" shows them)';

/** What failed, in words; and what to look for, where all that asks the gateway failed and nothing else did. */
export function describeWallFailure(failed: readonly Attempt[]): string {
  const labels = failed.map(({ label }) => label).join('; ');
  const isCutOff = failed.length === toGateway.length && failed.every(({ id }) => toGateway.includes(id));
  return isCutOff ? `${labels}. ${cutOff}` : labels;
}
