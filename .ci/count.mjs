// Adds up the reports of the test runs and prints them as one plain line: node .ci/count.mjs <folder> <steps> <skipped> <code>
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.', steps = '0', skippedSteps = '0', code = '0'] = process.argv.slice(2);
const total = { passed: Number(steps), failed: code === '0' ? 0 : 1, skipped: Number(skippedSteps) };
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const counts = { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
  console.log(
    `${file.replace('.json', '')}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
  for (const key of Object.keys(total)) total[key] += counts[key];
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
