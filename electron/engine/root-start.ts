import type { ContainerSpec } from './objects.ts';

/**
 * `sh -p` takes no functions and no start file from the environment. The engine gave the output to root, and programs that open
 * `/dev/stdout` by its name need it as their own.
 */
const script = `
[ -x /usr/bin/setpriv ] || { echo 'forgehold: the image has no /usr/bin/setpriv (util-linux), by which root is left for good.' >&2; exit 127; }
/bin/chown "$1" /proc/self/fd/1 /proc/self/fd/2
shift
exec /usr/bin/setpriv "$@"`;

/**
 * The entry point of a container that the engine starts as root: it becomes the user before anything of the user's runs, and no
 * way leads back, since no-new-privileges holds. Why: an engine gives the programs it starts as root later no capability at
 * all unless the container's own user is root too (seen on 20.10).
 */
export function leaveRoot({ user, groups = [] }: Pick<ContainerSpec, 'user' | 'groups'>, entrypoint: readonly string[]): string[] {
  const [uid, gid] = user.split(':');
  const become = [`--reuid=${uid}`, `--regid=${gid}`, groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups', '--inh-caps=-all'];
  return ['/bin/sh', '-p', '-c', script, 'sh', user, ...become, '--', ...entrypoint];
}
