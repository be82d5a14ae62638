import { readFileSync } from 'node:fs';
import { privateNetworkName } from '../../electron/engine/names.ts';
import type { Engine } from '../../electron/engine/types.ts';
import type { Wall, WallSpec } from '../../electron/network/types.ts';
import type { NetworkMode } from '../../shared/model/workspace.ts';

/**
 * The least of a wall: a private network of the engine's without any way out, and no gateway on it. For tests of workspaces that
 * are about folders, git, crashes and the life of the agent container; the wall has tests of its own.
 */
export function createBareWall(engine: Engine): Wall {
  const modes = new Map<string, NetworkMode>();
  return {
    async raise({ projectId, workspaceId, mode }: WallSpec) {
      modes.set(workspaceId, mode);
      const name = privateNetworkName(projectId, workspaceId);
      const { subnet, host } = addressesOf(workspaceId);
      await engine.ensureNetwork({ name, projectId, workspaceId, internal: true, subnet, options: {} });
      return { network: name, agentAddress: host(3), gatewayAddress: host(2), caCertificate: someCertificate(), seccomp: allowAll, sysctls: {} };
    },
    lower: () => Promise.resolve(),
    remove: ({ projectId, workspaceId }) => engine.removeNetwork(privateNetworkName(projectId, workspaceId)),
    test(workspaceId) {
      const now = new Date().toISOString();
      return Promise.resolve({ workspaceId, passed: true, startedAt: now, endedAt: now, attempts: [] });
    },
    state: () => ({ kind: 'off' }),
    mode: (workspaceId) => modes.get(workspaceId) ?? 'none',
    setMode: (workspaceId, mode) => Promise.resolve(void modes.set(workspaceId, mode)),
    rules: () => [],
    addRule: (_, pattern, { allowPrivate, addedBy }) => Promise.resolve({ pattern, allowPrivate, addedBy, addedAt: new Date().toISOString() }),
    removeRule: () => Promise.resolve(),
    decisions: () => [],
    blocked: () => [],
    dismiss: nothing,
    onChange: () => nothing,
    onDecision: () => nothing,
    onBlocked: () => nothing,
    close: nothing,
  };
}

function nothing(): void {}

const allowAll = JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW' });

/** 4,096 subnets of /28 below 10.214.0.0: enough that a test's few do not meet. */
function addressesOf(workspaceId: string): { readonly subnet: string; readonly host: (number: number) => string } {
  const index = Number.parseInt(workspaceId.slice(0, 3), 16);
  const prefix = `10.214.${index >> 4}`;
  const base = (index & 15) * 16;
  return { subnet: `${prefix}.${base}/28`, host: (number) => `${prefix}.${base + number}` };
}

/** Any certificate does where none is used to sign. */
function someCertificate(): string {
  const bundle = readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');
  const end = '-----END CERTIFICATE-----\n';
  return bundle.slice(0, bundle.indexOf(end) + end.length);
}
