import { AppError } from '../../../shared/errors.ts';
import type { OptionName } from '../../../shared/model/options.ts';
import type { Problems } from './draft.ts';

/** Which option an error of the core is about, by its code. One that is about none of them stands above the buttons alone. */
const options: readonly (readonly [RegExp, OptionName])[] = [
  [/^mount\//, 'mounts'],
  [/^image\//, 'image'],
  [/^cache\//, 'caches'],
  [/^network\/unfit$|^engine\/(?:no-network|network-)/, 'networks'],
  [/^workspace\/two-keys$/, 'env'],
  [/^workspace\/reserved-label$/, 'labels'],
  [/^workspace\/bad-folder$/, 'workingFolder'],
];

/** The core's sentence at the option it is about. */
export function refusedBy(error: unknown): Problems {
  if (!(error instanceof AppError)) return {};
  const name = options.find(([code]) => code.test(error.code))?.[1];
  return name ? { [name]: error.message } : {};
}
