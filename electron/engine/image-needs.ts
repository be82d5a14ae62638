/** A program that workspaces run in their image, and what it is for. */
export type Need = { readonly program: string; readonly why: string; readonly packages: Readonly<Record<Family, string>> };

export const families = {
  apt: '/usr/bin/apt-get',
  dnf: '/usr/bin/dnf',
  microdnf: '/usr/bin/microdnf',
  zypper: '/usr/bin/zypper',
  pacman: '/usr/bin/pacman',
  apk: '/sbin/apk',
};
export type Family = keyof typeof families;

/** Where an image's programs are looked for, before its own `PATH`. */
export const standardPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const tools: readonly (readonly [program: string, why: string, name?: string, apk?: string])[] = [
  ['bash', 'Terminals run it.'],
  ['tmux', 'It holds the terminals, whether or not Forgehold runs. Version 3 or newer.'],
  ['git', 'The agent works with it, and its branches come to you through it.'],
  ['/usr/bin/python3', 'The wall is tested with it from inside.', 'python3'],
  ['env', 'It starts what terminals run.', 'coreutils'],
  ['sleep', 'The first process of the container waits with it.', 'coreutils'],
  ['cat', 'The home folder is prepared with it.', 'coreutils'],
  ['mkdir', 'The home folder is prepared with it.', 'coreutils'],
  ['date', 'The agent is started with it.', 'coreutils'],
  ['sed', 'The agent is started with it.', 'sed'],
];

function sameEverywhere(name: string): Need['packages'] {
  return { apt: name, dnf: name, microdnf: name, zypper: name, pacman: name === 'python3' ? 'python' : name, apk: name };
}

/** `sh` is not listed: without it nothing can be looked for. */
export const needs: readonly Need[] = tools.map(([program, why, name]) => ({ program, why, packages: sameEverywhere(name ?? program) }));

/** glibc's loader, by the engine's architecture. Node and the agents are built for it. */
export const loaders: Readonly<Record<string, string>> = {
  x86_64: '/lib64/ld-linux-x86-64.so.2',
  amd64: '/lib64/ld-linux-x86-64.so.2',
  aarch64: '/lib/ld-linux-aarch64.so.1',
  arm64: '/lib/ld-linux-aarch64.so.1',
};

const installLines: Readonly<Record<Family, (names: string) => string>> = {
  apt: (names) => `RUN apt-get update && apt-get install -y --no-install-recommends ${names}`,
  dnf: (names) => `RUN dnf install -y ${names}`,
  microdnf: (names) => `RUN microdnf install -y ${names}`,
  zypper: (names) => `RUN zypper --non-interactive install ${names}`,
  pacman: (names) => `RUN pacman -Sy --noconfirm ${names}`,
  apk: (names) => `RUN apk add ${names}`,
};

/** How a program comes into the image: a line for its Dockerfile. */
export function explainInstall(need: Need, family: Family | null): string {
  if (family === null) return `Add ${need.packages.apt} to the image with its own package manager.`;
  return `Add to its Dockerfile: ${installLines[family](need.packages[family])}`;
}

/**
 * Arguments: families as `name=path`, `--`, a `PATH`, then programs. Prints what it finds, a line each: `family NAME`, `missing PROGRAM`.
 * POSIX shell and its builtins alone, so that it runs in any image with a shell.
 */
export const checkScript = `
while [ "$1" != -- ]; do
  if test -x "\${1#*=}"; then echo "family \${1%%=*}"; fi
  shift
done
path=$2
shift 2
for program do
  found=
  case $program in
    /*) if test -x "$program"; then found=1; fi ;;
    *)
      IFS=:
      for folder in $path; do
        if test -f "$folder/$program" && test -x "$folder/$program"; then found=1; fi
      done
      unset IFS
      ;;
  esac
  if test -z "$found"; then echo "missing $program"; fi
done
echo done
`;
