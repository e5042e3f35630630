import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reply } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { invited, member, openShop, type Shop } from './shop.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const dayMs = 86_400_000;
const execute = (statement: string, values: unknown[]): Promise<any[]> =>
  market.database.fork().getConnection().execute(statement, values);
const teamOf = async ({ owner, merchantId }: Shop) =>
  (await market.ok(owner, 'merchantTeam.list', { merchantId })).members.map(({ user, role }: any) => [user.id, role]);
const codeOf = (reply: Reply) => (reply.ok ? 'ok' : reply.error.code);
const emailOf = async (user: TestUser) => (await market.ok(user, 'users.me')).email as string;

/** The mails of invitations to an address, oldest first. */
const mailsTo = (email: string) =>
  execute(`select params, user_id from outgoing_message where recipient = ? order by created_at`, [email]);

test('an invitation is accepted once, however often it is sent', async () => {
  const shop = await openShop(market);
  const user = await market.user();
  const invitationId = await invited(market, shop, { userId: user.id });
  const replies = await Promise.all(
    Array.from({ length: 4 }, () => market.call(user, 'merchantTeam.accept', { invitationId })),
  );
  expect(replies.map(codeOf).toSorted()).toEqual([
    'merchantTeam.not_pending',
    'merchantTeam.not_pending',
    'merchantTeam.not_pending',
    'ok',
  ]);
  expect(await teamOf(shop)).toEqual([
    [shop.owner.id, 'owner'],
    [user.id, 'staff'],
  ]);
});

test('an invitation that is taken back while it is accepted ends one way, and the team agrees', async () => {
  for (let round = 0; round < 5; round += 1) {
    const shop = await openShop(market);
    const user = await market.user();
    const invitationId = await invited(market, shop, { userId: user.id });
    const [accepted, revoked] = await Promise.all([
      market.call(user, 'merchantTeam.accept', { invitationId }),
      market.call(shop.owner, 'merchantTeam.revoke', { invitationId }),
    ]);
    expect(accepted.ok).not.toBe(revoked.ok);
    expect((await teamOf(shop)).some(([id]: [string]) => id === user.id)).toBe(accepted.ok);
  }
});

test('a member who is removed while they leave is out, and the owner’s view says so', async () => {
  const shop = await openShop(market);
  const user = await member(market, shop);
  await Promise.all([
    market.call(user, 'merchantTeam.leave', { merchantId: shop.merchantId }),
    market.call(shop.owner, 'merchantTeam.remove', { merchantId: shop.merchantId, userId: user.id }),
  ]);
  expect(await teamOf(shop)).toEqual([[shop.owner.id, 'owner']]);
  const seen = (await market.inboxOf(shop.owner)).findLast(({ type }) => type === 'merchant.changed');
  expect(seen?.data.team).toEqual([{ userId: shop.owner.id, role: 'owner' }]);
  const own = (await market.inboxOf(user)).filter(({ type }) => type === 'merchant.changed');
  expect(own.at(-1)?.data).toMatchObject({ deleted: true, version: seen?.data.version, allowedActions: [] });
});

test('after seven days an invitation is over, swept or not', async () => {
  const shop = await openShop(market);
  const user = await market.user();
  const invitationId = await invited(market, shop, { userId: user.id });
  market.clock.offsetMs += 7 * dayMs;
  expect(await market.fails(user, 'merchantTeam.accept', { invitationId })).toBe('merchantTeam.expired');
  await market.runJob('merchantTeam.expire');
  expect(await market.fails(user, 'merchantTeam.decline', { invitationId })).toBe('merchantTeam.expired');
  market.clock.offsetMs -= 7 * dayMs;
  const told = (await market.inboxOf(user)).filter(({ type }) => type === 'invitation.changed');
  expect(told.map(({ data }) => [data.change.kind, data.deleted ?? false])).toEqual([
    ['invited', false],
    ['expired', true],
  ]);
  await invited(market, shop, { userId: user.id });
});

test('the answer to an invitation by e-mail is the same whether the address has an account or not', async () => {
  const shop = await openShop(market);
  const known = await market.user();
  const email = await emailOf(known);
  await execute('update account set email_verified_at = now() where id = ?', [known.id]);
  const invite = (to: string) =>
    market.ok(shop.owner, 'merchantTeam.invite', { merchantId: shop.merchantId, email: to, role: 'staff' });
  const answers = [await invite(email), await invite('nobody@example.test')];
  const own = { id: '', email: '', deadline: '', createdAt: '' };
  expect({ ...answers[0], ...own }).toEqual({ ...answers[1], ...own });
  const { invitations } = await market.ok(shop.owner, 'merchantTeam.list', { merchantId: shop.merchantId });
  expect(invitations.map((sent: any) => sent.userId)).toEqual([null, null]);
  expect(await mailsTo('nobody@example.test')).toHaveLength(1);
  expect(await mailsTo(email)).toHaveLength(1);
  await member(market, shop);
  await market.ok(known, 'merchantTeam.accept', { invitationId: answers[0].id });
  // The account is a member now, which another invitation of its address does not tell either.
  expect(await invite(email)).toMatchObject({ state: 'pending', userId: null });
});

test('an invitation to an unproven address is in nobody’s inbox; the code in the mail opens it', async () => {
  const shop = await openShop(market);
  const squatter = await market.user();
  const email = await emailOf(squatter);
  const sent = await market.ok(shop.owner, 'merchantTeam.invite', {
    merchantId: shop.merchantId,
    email,
    role: 'manager',
  });
  expect((await market.inboxOf(squatter)).filter(({ type }) => type === 'invitation.changed')).toEqual([]);
  expect(await market.fails(squatter, 'merchantTeam.accept', { invitationId: sent.id })).toBe('merchantTeam.not_found');
  const [mail] = await mailsTo(email);
  const [stored] = await execute('select code_hash from merchant_invitation where id = ?', [sent.id]);
  expect(stored.code_hash).not.toBe(mail.params.code);
  const reader = await market.user();
  await market.ok(reader, 'merchantTeam.accept', { code: mail.params.code });
  expect(await teamOf(shop)).toContainEqual([reader.id, 'manager']);
  expect(await market.fails(squatter, 'merchantTeam.accept', { code: mail.params.code })).toBe(
    'merchantTeam.not_pending',
  );
});

test('managers bring in and remove staff, and nothing above', async () => {
  const shop = await openShop(market);
  const { merchantId } = shop;
  const [manager, other, staff] = [
    await member(market, shop, 'manager'),
    await member(market, shop, 'manager'),
    await member(market, shop),
  ];
  const fails = (as: TestUser, name: string, fields: object) => market.fails(as, name, { merchantId, ...fields });
  const userId = (await market.user()).id;
  expect(await fails(manager, 'merchantTeam.invite', { userId, role: 'manager' })).toBe('auth.forbidden');
  expect(await fails(manager, 'merchantTeam.remove', { userId: other.id })).toBe('auth.forbidden');
  expect(await fails(manager, 'merchantTeam.remove', { userId: shop.owner.id })).toBe('auth.forbidden');
  expect(await fails(manager, 'merchantTeam.setRole', { userId: staff.id, role: 'manager' })).toBe('auth.forbidden');
  expect(await fails(staff, 'merchantTeam.invite', { userId, role: 'staff' })).toBe('auth.forbidden');
  expect(await fails(staff, 'merchantTeam.remove', { userId: staff.id })).toBe('auth.forbidden');
  expect(await fails(staff, 'merchants.update', { name: 'Mine now' })).toBe('auth.forbidden');
  await market.ok(manager, 'merchantTeam.invite', { merchantId, userId, role: 'staff' });
  await market.ok(manager, 'merchantTeam.remove', { merchantId, userId: staff.id });
  await market.ok(manager, 'merchants.update', { merchantId, name: 'Our shop' });
});

test('each member’s view says what that member may do', async () => {
  const shop = await openShop(market);
  const [manager, staff] = [await member(market, shop, 'manager'), await member(market, shop)];
  await market.ok(shop.owner, 'merchants.update', { merchantId: shop.merchantId, description: 'New.' });
  const actions = async (user: TestUser) =>
    (await market.inboxOf(user)).findLast(({ type }) => type === 'merchant.changed')?.data.allowedActions;
  expect(await actions(staff)).toEqual(['merchantTeam.leave']);
  expect(await actions(manager)).toContain('merchantTeam.invite');
  expect(await actions(manager)).not.toContain('merchants.close');
  expect(await actions(shop.owner)).toContain('merchants.close');
});

test('a shop that is handed over has one owner, whatever happens at once', async () => {
  const shop = await openShop(market);
  const { merchantId, owner } = shop;
  const heirs = [await member(market, shop, 'manager'), await member(market, shop, 'manager')];
  const replies = await Promise.all(
    heirs.map(({ id: userId }) => market.call(owner, 'merchantTeam.transfer', { merchantId, userId })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const team: [string, string][] = await teamOf(shop);
  expect(team.filter(([, role]) => role === 'owner')).toHaveLength(1);
  expect(Object.fromEntries(team)[owner.id]).toBe('manager');
  expect((await market.ok(owner, 'users.me')).roles).toEqual([]);
  const heir = heirs.find(({ id }) => Object.fromEntries(team)[id] === 'owner');
  expect((await market.ok(heir ?? null, 'users.me')).roles).toEqual(['merchant']);
});

test('nobody who owns a shop is handed a second one', async () => {
  const [one, two] = [await openShop(market), await openShop(market)];
  const invitationId = await invited(market, one, { userId: two.owner.id });
  await market.ok(two.owner, 'merchantTeam.accept', { invitationId });
  const input = { merchantId: one.merchantId, userId: two.owner.id };
  expect(await market.fails(one.owner, 'merchantTeam.transfer', input)).toBe('merchants.already_owner');
});

test('closing a shop ends its team and its invitations, and its owner is a private person again', async () => {
  const shop = await openShop(market);
  const { merchantId, owner } = shop;
  const [staff, user] = [await member(market, shop), await market.user()];
  const invitationId = await invited(market, shop, { userId: user.id });
  await market.ok(owner, 'merchants.close', { merchantId });
  for (const each of [owner, staff]) {
    expect(await market.fails(each, 'merchantTeam.list', { merchantId })).toBe('merchants.not_found');
  }
  expect(await market.fails(user, 'merchantTeam.accept', { invitationId })).toBe('merchantTeam.not_pending');
  expect((await market.ok(owner, 'users.me')).roles).toEqual([]);
  await openShop(market, owner);
});

test('invitations that are taken back and made anew do not fill a stranger’s mailbox', async () => {
  const { owner, merchantId } = await openShop(market);
  const email = `stranger-${crypto.randomUUID()}@mail.test`;
  const invite = () => market.call(owner, 'merchantTeam.invite', { merchantId, email, role: 'staff' });
  const replies: Reply[] = [];
  for (let times = 0; times < 5; times += 1) {
    const reply = await invite();
    replies.push(reply);
    const { id: invitationId } = reply.ok ? (reply.data as { id: string }) : { id: null };
    if (invitationId) await market.ok(owner, 'merchantTeam.revoke', { invitationId });
  }
  expect(await mailsTo(email)).toHaveLength(3);
  expect(replies.map(codeOf).slice(3)).toEqual(['merchantTeam.already_invited', 'merchantTeam.already_invited']);
  market.clock.offsetMs = dayMs;
  expect(codeOf(await invite())).toBe('ok');
  market.clock.offsetMs = 0;
});

test('a shop invites a bounded number of people a day, those whom it took back included', async () => {
  const { owner, merchantId } = await openShop(market);
  let refused: string | null = null;
  for (let times = 0; times < 60 && refused === null; times += 1) {
    const email = `p${times}-${crypto.randomUUID()}@mail.test`;
    const reply = await market.call(owner, 'merchantTeam.invite', { merchantId, email, role: 'staff' });
    if (!reply.ok) refused = `${times} ${reply.error.code}`;
    else await market.ok(owner, 'merchantTeam.revoke', { invitationId: (reply.data as { id: string }).id });
  }
  expect(refused).toBe('49 merchantTeam.full');
});

test('between people with a block there is no invitation, and the shop cannot tell', async () => {
  const shop = await openShop(market);
  const { owner, merchantId } = shop;
  const manager = await member(market, shop, 'manager');
  const [blocking, blocked] = [await market.user(), await market.user()];
  await market.ok(blocking, 'blocks.add', { userId: owner.id });
  await market.ok(owner, 'blocks.add', { userId: blocked.id });
  const invite = (as: TestUser, whom: object) =>
    market.call(as, 'merchantTeam.invite', { merchantId, role: 'staff', ...whom });
  for (const userId of [blocking.id, blocked.id, crypto.randomUUID()]) {
    for (const as of [owner, manager]) expect(codeOf(await invite(as, { userId }))).toBe('users.not_found');
  }
  await execute('update account set email_verified_at = now() where id = ?', [blocking.id]);
  const email = await emailOf(blocking);
  const reply = await invite(owner, { email });
  expect(reply).toMatchObject({ ok: true, data: { email, userId: null, state: 'pending' } });
  expect(await mailsTo(email)).toEqual([]);
  expect((await market.inboxOf(blocking)).filter(({ type }) => type === 'invitation.changed')).toEqual([]);
});
