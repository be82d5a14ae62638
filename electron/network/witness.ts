import type { Engine } from '../engine/types.ts';

export type WitnessPlace = {
  readonly projectId: string;
  readonly workspaceId: string;
  readonly image: string;
  readonly network: string;
  /** Its own, on that network. */
  readonly address: string;
  readonly gatewayAddress: string;
  readonly seccomp: string;
  readonly sysctls: Readonly<Record<string, string>>;
};

/**
 * A container of our own image beside the agent's, on the same network and under the same profile, for as long as `work` takes. An agent
 * that has run for a while may have prepared its container for a test; this one it has never seen.
 */
export async function withWitness<T>(engine: Engine, place: WitnessPlace, work: (witness: string) => Promise<T>): Promise<T> {
  const name = `forge-witness-${place.projectId}-${place.workspaceId}`;
  const left = await engine.inspectContainer(name);
  if (left !== null) await engine.removeContainer(left.id);
  const id = await engine.createContainer({
    ...{ projectId: place.projectId, workspaceId: place.workspaceId, role: 'probe', name, image: place.image },
    // One that a crash of the app leaves ends by itself.
    ...{ entrypoint: ['sleep'], command: ['120'], user: '65534:65534', env: { LC_ALL: 'C.UTF-8' }, mounts: [], readOnlyRoot: true, capabilities: [] },
    ...{ network: { name: place.network, address: place.address }, dns: [place.gatewayAddress], seccomp: place.seccomp, sysctls: place.sysctls },
    ...{ memoryMb: 256, pidsLimit: 256, restart: 'no', stopGraceSeconds: 0 },
  });
  try {
    await engine.startContainer(id);
    return await work(id);
  } finally {
    await engine.removeContainer(id);
  }
}
