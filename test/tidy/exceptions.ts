/** A place that may break a rule, and why. The tests fail on an exception that is no longer needed. */
export interface Exception {
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
}

export const exceptions: readonly Exception[] = [
  {
    rule: 'size',
    path: 'test/support/harness.ts',
    reason: 'A call reads as on the wire: who, which operation, with what input, over what.',
  },
  {
    rule: 'clock',
    path: 'src/domain/kernel/contexts.ts',
    reason: 'A room event tells when it was sent; nothing is decided by it.',
  },
  {
    rule: 'clock',
    path: 'src/domain/media/stores/disk.ts',
    reason: 'It plays the object store, which has a clock of its own and no database.',
  },
];

export interface Finding {
  readonly path: string;
  readonly what: string;
}

/** What is wrong under a rule once the exceptions are taken off, as lines for people. Empty when all is well. */
export function judge(rule: string, findings: readonly Finding[]): string[] {
  const excused = new Set(exceptions.filter((exception) => exception.rule === rule).map(({ path }) => path));
  const broken = findings.filter(({ path }) => !excused.has(path)).map(({ path, what }) => `${path}: ${what}`);
  const found = new Set(findings.map(({ path }) => path));
  const needless = [...excused]
    .filter((path) => !found.has(path))
    .map((path) => `${path}: needs no exception from "${rule}"`);
  return [...broken, ...needless];
}
