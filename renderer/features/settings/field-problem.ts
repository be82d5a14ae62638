import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { problemText } from '../../ui/problem.tsx';

const issuesSchema = z.array(z.object({ path: z.string(), message: z.string() }));

/** The core's sentence for one field: of what the contract refuses only the issue itself, without the names of call and field. */
export function fieldProblem(error: unknown): string {
  if (error instanceof AppError && error.code === 'contract/invalid-input') {
    const issues = issuesSchema.safeParse(error.details['issues']);
    const first = issues.success ? issues.data[0] : undefined;
    if (first) return first.message;
  }
  return problemText(error);
}

/** The issues of a form, by the path of each field ("program.package"). Empty when the error is of another kind. */
export function fieldProblems(error: unknown): ReadonlyMap<string, string> {
  if (!(error instanceof AppError) || error.code !== 'contract/invalid-input') return new Map();
  const issues = issuesSchema.safeParse(error.details['issues']);
  return new Map(issues.success ? issues.data.toReversed().map(({ path, message }) => [path, message]) : []);
}
