/**
 * Ends a whole session inside a container: TERM, half a second, then KILL, until none is left. A script in plain POSIX sh
 * and /proc, because the image may have neither procps nor a shell that knows arrays. $1 is the session's id.
 * Exit code 0: none is left; 1: some survived, their ids on stdout.
 */
const script = `
members() {
  for stat in /proc/[0-9]*/stat; do
    line=
    { while read -r part; do line="$line$part"; done < "$stat"; } 2>/dev/null
    pid=\${stat#/proc/}
    set -- \${line##*) }
    case \${1:-Z} in Z|X) continue ;; esac
    if [ "$3" = "$leader" ] || [ "$4" = "$leader" ]; then printf '%s ' "\${pid%/stat}"; fi
  done
}
leader=$1
for signal in TERM KILL; do
  tries=0
  while [ $tries -lt 20 ]; do
    left=$(members)
    [ -z "$left" ] && exit 0
    [ $tries = 0 ] && kill -s $signal $left 2>/dev/null
    [ $signal = KILL ] && kill -s KILL $left 2>/dev/null
    tries=$((tries + 1))
    sleep 0.025
  done
done
printf '%s' "$left"
exit 1
`;

export function endSessionArgv(leader: number): string[] {
  return ['/bin/sh', '-c', script, 'sh', String(leader)];
}
