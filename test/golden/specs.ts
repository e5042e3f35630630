import { fileURLToPath } from 'node:url';
import { specs } from '../../src/http/specs/index.ts';
import { renderMachines } from './machines.ts';
import { renderOperations } from './operations.ts';

/** The generated documents beside the files in docs/ that must equal them. */
export const golden = [
  ...Object.entries(specs).map(([name, render]) => ({ file: `${name}.json`, render })),
  { file: 'machines.md', render: renderMachines },
  { file: 'operations.md', render: renderOperations },
].map(({ file, render }) => ({
  name: file,
  render,
  path: fileURLToPath(new URL(`../../docs/${file}`, import.meta.url)),
}));
