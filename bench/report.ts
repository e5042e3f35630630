/** One line of the result. */
export interface Result {
  readonly what: string;
  readonly value: string;
  /** Against the yardstick of its group, as in `1.24 × raw uWS`. */
  readonly ratio?: string;
  readonly aim?: string;
  readonly met?: boolean;
}

export interface Group {
  readonly title: string;
  readonly results: readonly Result[];
  /** What the numbers cannot say for themselves. */
  readonly notes?: readonly string[];
}

export function printGroup({ title, results, notes = [] }: Group): void {
  const rows = results.map(({ what, value, ratio = '', aim, met }) => [
    what,
    value,
    ratio,
    aim === undefined ? '' : `${met ? 'meets' : 'MISSES'} ${aim}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  console.log(`\n${title}`);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('   ').trimEnd()}`);
  }
  for (const note of notes) console.log(`  · ${note}`);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
