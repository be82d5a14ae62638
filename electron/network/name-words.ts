import words from '../../resources/network/name-words.json' with { type: 'json' };

const telemetry = new Set(words.telemetry);
const secondLevel = new Set(words.secondLevel);

/** By a word of the name, such as `telemetry.example.com` or `eu-metrics.example.com`. */
export function soundsLikeTelemetry(name: string): boolean {
  return name.split(/[.-]/).some((word) => telemetry.has(word));
}

/** Whether names below belong to many who have nothing to do with each other: `co.uk`, or what a hosting company gives to its customers. */
export function isShared(name: string): boolean {
  const labels = name.split('.');
  const [second = '', top = ''] = labels;
  const isPublic = labels.length === 2 && top.length === 2 && secondLevel.has(second);
  return isPublic || words.shared.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}
