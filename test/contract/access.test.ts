import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles, type Role } from '../../src/domain/kernel/index.ts';
import { createHarness, guest, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import type { Call } from './cases.ts';
import { loadCases, type Cased } from './load-cases.ts';

/** Everybody whom a call does not concern: a guest, a person without a role, and one with each role. */
const strangers = ['guest', 'user', ...roles] as const;
type Stranger = (typeof strangers)[number];
const cases = await loadCases();
/** The first column is the person whom the call concerns; it is the case's own. */
const rows = new Map<string, readonly string[]>();

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

async function actorOf(stranger: Stranger) {
  if (stranger === 'guest') return guest;
  return market.user({ roles: stranger === 'user' ? [] : [stranger] });
}

/** A call that went through may have used up what it was about. */
async function outcomes({ name, own }: Cased): Promise<string[]> {
  const told: string[] = [];
  let call: Call | null = null;
  for (const stranger of strangers) {
    call ??= await (own.wrongActor ?? own.success)(market);
    const reply = await market.call(await actorOf(stranger), name, call.input, call.meta);
    told.push(reply.ok ? 'yes' : reply.error.code);
    if (reply.ok) call = null;
  }
  return told;
}

function mayPass({ operation: { access } }: Cased, stranger: Stranger): boolean {
  if (access === 'guest') return true;
  if (access === 'system' || stranger === 'guest') return false;
  return access === 'user' || access === stranger || stranger === 'admin';
}

test.each(cases.cased)('$name lets in whom it declares, and nobody else', async (cased) => {
  const told = await outcomes(cased);
  rows.set(cased.name, told);
  for (const [index, stranger] of strangers.entries()) {
    const isLetIn = mayPass(cased, stranger);
    // Rules inside an operation forbid too; only the gate asks to sign in and hides what is not for people.
    const atTheGate = ['auth.required', 'command.unknown', ...(isLetIn ? [] : ['auth.forbidden'])];
    expect(atTheGate.includes(told[index]!), `${stranger}: ${told[index]}`).toBe(!isLetIn);
  }
});

/** Operations in which a role opens what is not the person's own, each by a rule of its area. */
const byRole: Readonly<Record<string, readonly Role[]>> = {
  'streams.end': ['moderator', 'admin'],
  'streams.setSlowMode': ['moderator', 'admin'],
  'streams.mute': ['moderator', 'admin'],
  'streams.ban': ['moderator', 'admin'],
  'refunds.approve': ['admin'],
  'refunds.deny': ['admin'],
  'refunds.get': ['admin'],
  'refunds.evidence': ['admin'],
  'disputes.get': ['moderator', 'admin'],
  'disputes.evidence': ['moderator', 'admin'],
  'chargebacks.get': ['admin'],
  'chargebacks.submitEvidence': ['admin'],
  'escrow.step': ['admin'],
};
const forAnyone = cases.cased.filter(({ operation: { access } }) => access === 'user' || access === 'guest');

test.each(forAnyone)('$name takes no role for a reason that is not listed', ({ name }) => {
  const told = rows.get(name) ?? [];
  const plain = told[strangers.indexOf('user')];
  for (const role of roles) {
    const outcome = told[strangers.indexOf(role)];
    expect(outcome, role).toBe(byRole[name]?.includes(role) ? 'yes' : plain);
  }
});

test('the kept table of who may do what is how the server behaves', async () => {
  expect([...rows.keys()].toSorted()).toEqual(cases.cased.map(({ name }) => name).toSorted());
  await expect(table()).toMatchFileSnapshot('../../docs/access.md');
});

function table(): string {
  const lines = cases.cased.map(({ name, operation }) => {
    const cells = (rows.get(name) ?? []).map((outcome) => (outcome === 'yes' ? 'yes' : `\`${outcome}\``));
    return `| \`${name}\` | ${operation.access} | ${cells.join(' | ')} |`;
  });
  return [
    '# Who may do what',
    '',
    'What each operation answered when a test sent it: a call about things of somebody else, by everybody whom it does',
    'not concern. `yes` stands where the operation is for anyone, is about the caller, or is the work of that role.',
    'Written by `npx vitest run --mode full test/contract/access -u`; the test fails where it no longer holds.',
    '',
    `| Operation | Access | ${strangers.join(' | ')} |`,
    `|---|---|${strangers.map(() => '---|').join('')}`,
    ...lines,
    '',
  ].join('\n');
}
