const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes as people read them, in decimal units as disks are sold: `6.2 GB`, `18 kB`. */
export function formatBytes(bytes: number): string {
  return format(bytes, 10);
}

/** Three digits, where there is room for them: `6.2 GB`, `18.2 kB`, `212 kB`. */
export function formatBytesFinely(bytes: number): string {
  return format(bytes, 100);
}

/** Tenths are shown below `wholeFrom` of a unit. */
function format(bytes: number, wholeFrom: number): string {
  let value = bytes;
  let unit = 0;
  // What would be rounded up to 1000 of a unit is one of the next.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const isWhole = unit === 0 || value >= wholeFrom - 0.05;
  return `${isWhole ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
