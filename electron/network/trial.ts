import type { ContainerInfo } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import type { SelfTestSite } from './attempts.ts';
import { lookAtNetworks, runSelfTest, type SelfTestResult } from './self-test.ts';
import type { WallSite } from './types.ts';
import { withWitness } from './witness.ts';

export type TrialParts = {
  readonly engine: Engine;
  readonly hostAddresses: () => readonly string[];
  readonly local: boolean;
  /** Our own image for a witness; null when there is none. */
  readonly witnessImage: () => Promise<string | null>;
  /** What the agent containers run under. */
  readonly confinement: () => Pick<WallSite, 'seccomp' | 'sysctls'>;
};
type Place = { readonly projectId: string; readonly workspaceId: string };
type Standing = Pick<SelfTestSite, 'gateway' | 'gatewayAddress' | 'egressHost' | 'bridgeAddress' | 'nonce'> & {
  readonly network: string;
  readonly witnessAddress: string;
};

/** An agent container younger than this has just been made ready, in milliseconds. */
const FRESH = 60_000;

/** The self-tests of one workspace: from where each is made, and which networks it has looked at. */
export class Trial {
  readonly #parts: TrialParts;
  readonly #place: Place;
  /** Start of the agent container that was tested last. */
  #lastStart = '';
  #looked: ReadonlySet<string> = new Set();

  constructor(parts: TrialParts, place: Place) {
    this.#parts = parts;
    this.#place = place;
  }

  /** Whether the last test looked at this network of the user's. */
  hasSeen(network: string): boolean {
    return this.#looked.has(network);
  }

  async run({ network, witnessAddress, ...standing }: Standing, agent: ContainerInfo, signal?: AbortSignal): Promise<SelfTestResult> {
    const { engine, hostAddresses, local, witnessImage, confinement } = this.#parts;
    const foreign = Object.keys(agent.networks).filter((name) => name !== network);
    const extraNetworks = await lookAtNetworks(engine, foreign);
    this.#looked = new Set(foreign);
    const { gateway, gatewayAddress, egressHost, bridgeAddress, nonce } = standing;
    const site: SelfTestSite = {
      ...{ engine, agent: agent.id, gateway, gatewayAddress, egressHost, bridgeAddress, nonce, local, extraNetworks, hostAddresses: hostAddresses() },
      ...(signal && { signal }),
    };
    const image = this.#isFresh(agent) ? null : await witnessImage();
    if (image === null) return runSelfTest(site);
    const place = { ...this.#place, image, network, address: witnessAddress, gatewayAddress, ...confinement() };
    return withWitness(engine, place, (witness) => runSelfTest({ ...site, witness }));
  }

  /** It has just been started, and this is its first test: nothing of the agent's has run in it, and somebody waits. */
  #isFresh({ startedAt }: ContainerInfo): boolean {
    const isFirst = this.#lastStart !== startedAt;
    this.#lastStart = startedAt;
    return isFirst && Date.now() - Date.parse(startedAt) < FRESH;
  }
}
