import { AppError } from '../../shared/errors.ts';

/** The grammar of https://pkg.go.dev/github.com/distribution/reference, without hosts that are IPv6 addresses. */
const host = String.raw`[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?`;
const component = String.raw`[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*`;
const tag = String.raw`\w[\w.-]{0,127}`;
const digest = String.raw`[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]{32,}`;
const reference = new RegExp(`^(?:${host}/)?${component}(?:/${component})*(?::${tag})?(?:@${digest})?$`);

/**
 * An image's name becomes part of a request's path, slashes and all: `a/../../containers/x` would be an answer about somebody's container,
 * and `http://a//b` a redirect to nowhere.
 *
 * @throws AppError `image/name-invalid`
 */
export function requireImageReference(text: string): void {
  if (reference.test(text)) return;
  throw new AppError('image/name-invalid', `"${text.slice(0, 80)}" is no name of an image. Images are named like "registry.example/team/name:tag".`, {
    details: { image: text },
  });
}

/**
 * Whether an engine takes this path as it is. One with an empty, `.` or `..` segment it answers with a redirect to the cleaned path, which
 * docker-modem follows, out of the way that was asked for, and by throwing where nobody catches it when that is no URL.
 */
export function isStraightPath(path: string): boolean {
  const [way = ''] = path.split('?', 1);
  return /^\/[!-~]+$/.test(way) && !/\/\.{0,2}(?:\/|$)/.test(way) && !way.includes('#');
}
