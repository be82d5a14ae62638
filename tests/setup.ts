/** Runs once before the suites that need a real engine. */
export async function setup(): Promise<void> {}
