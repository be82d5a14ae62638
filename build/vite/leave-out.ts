import type { Plugin } from 'vite';

/**
 * Parts of dockerode that Forgehold never calls, and half of what it would bundle: an SSH client that checks no host key (our own way to
 * remote engines runs OpenSSH), and BuildKit sessions (images are built by the classic endpoint), with gRPC and its .proto files.
 */
const unused = /\/(docker-modem\/lib\/ssh|dockerode\/lib\/(session|buildkit))\.js$/;

/** Puts a function that throws in place of each. A rename in dockerode fails the build instead of bundling them again. */
export function leaveOutUnused(): Plugin {
  const left = new Set<string>();
  return {
    name: 'forgehold:leave-out',
    load(id) {
      const [, part] = unused.exec(id) ?? [];
      if (part === undefined) return null;
      left.add(part);
      return `module.exports = function () { throw new Error('${part} of dockerode is not part of Forgehold.'); };`;
    },
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const intruder = modules.find((id) => /\/node_modules\/(ssh2|@grpc|protobufjs)\//.test(id));
      if (intruder !== undefined) this.error(`${intruder} is bundled: build/vite/leave-out.ts no longer meets what loads it`);
    },
  };
}
