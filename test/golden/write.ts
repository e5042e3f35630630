import { writeFile } from 'node:fs/promises';
import { golden } from './specs.ts';

for (const { path, render } of golden) {
  await writeFile(path, render());
  console.log(`wrote ${path}`);
}
