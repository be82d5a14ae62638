/** "4.1 s", "1:12": how long something takes or took, from milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 0) return formatDuration(0);
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "8 s", "2 min": roughly how long, from milliseconds. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/** "now", "4 min", "2 h", "3 d": how long ago, from two ISO times or epoch milliseconds. */
export function formatAgo(time: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(time)) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} d`;
}

/** "now" has no "ago". */
export function formatSince(time: string, now: number): string {
  const ago = formatAgo(time, now);
  return ago === 'now' ? 'just now' : `${ago} ago`;
}

/** 24-hour local time with seconds. */
export function formatClock(time: string): string {
  return new Date(time).toLocaleTimeString('en-GB');
}

/** MiB as the screen says it: "512 MB", "4 GB", "1.5 GB". */
export function formatMemory(mebibytes: number): string {
  if (mebibytes < 1024) return `${mebibytes} MB`;
  return `${Number((mebibytes / 1024).toFixed(1))} GB`;
}

/** A path loses its middle: the beginning says where, the end says what. */
export function shortenPath(path: string, most: number): string {
  if (path.length <= most) return path;
  const tail = Math.ceil((most - 1) * 0.65);
  return `${path.slice(0, most - 1 - tail)}…${path.slice(-tail)}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
