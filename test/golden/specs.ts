import { fileURLToPath } from 'node:url';
import { specs } from '../../src/http/specs/index.ts';

/** The generated documents beside the files in docs/ that must equal them. */
export const golden = Object.entries(specs).map(([name, render]) => ({
  name,
  render,
  path: fileURLToPath(new URL(`../../docs/${name}.json`, import.meta.url)),
}));
