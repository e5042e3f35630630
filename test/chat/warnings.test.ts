import { expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { warningsOf } from '../../src/domain/chat/warnings.ts';

const cases: [string, string[]][] = [
  ['Is it still there?', []],
  ['I can pay 1 200 000 for both, or 2.500.000', []],
  ['Let us meet on 2026-11-26 at 10:30, look at this. Great!', []],
  ['The sizes are 36 37 38 and 40', []],
  ['Have a look: https://example.test/x', ['link']],
  ['see shop.example.com for more', ['link']],
  ['call me 0712 345 678', ['phone']],
  ['+254-712-345-678', ['phone']],
  ['(0)50 123 45 67 ring me', ['phone']],
  ['٠٥٠ ١٢٣ ٤٥٦٧', ['phone']],
  ['０７１２３４５６７８', ['phone']],
  ['0️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣', ['phone']],
  ['07\u200b12\u200b345\u200b678', ['phone']],
  ['zero seven one two three four five six seven eight', ['phone']],
  ['write to asha@example.com', ['email']],
  ['asha at mail dot com', ['email']],
  ['asha [at] mail [dot] com', ['email']],
  ['asha at gmail please', ['email']],
  ['pay by Western Union or gift card', ['payment']],
  ['My account is AE07 0331 2345 6789 0123 456', ['payment']],
  ['card 4242 4242 4242 4242', ['payment']],
  ['send BTC to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', ['payment']],
];

test.each(cases)('%s', (text, warnings) => {
  expect(warningsOf(text)).toEqual(warnings);
});

test('a removed message warns of nothing', () => {
  expect(warningsOf(null)).toEqual([]);
});

const hostile = ['a', '0', '0 ', '@', 'a.', 'a@', '(', ' at ', 'zero ', 'AA00 ', 'http://', 'ﷺ', '.a@', 'a-'];

test.each(hostile)('a longest text of %j is looked through within a second, however slow the machine', (unit) => {
  const text = unit.repeat(limits.messageTextChars).slice(0, limits.messageTextChars);
  warningsOf(text);
  const before = process.cpuUsage();
  warningsOf(text);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(1_000);
});
