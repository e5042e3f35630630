import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Currency } from '../../src/domain/kernel/index.ts';
import { accounts, mustPost } from '../../src/domain/ledger/index.ts';
import { operations } from '../../src/domain/registry.ts';
import { loadCases } from '../contract/load-cases.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { transact } from '../support/transact.ts';
import { codeTo, goodPassword, lettersTo, newPhone, signUp } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const dayMs = 86_400_000;

/** Columns that name a person, and the list of the export that has their rows. */
const exported: Record<string, string> = {
  'block.blocker_id': 'blocks',
  'chargeback_evidence.author_id': 'chargebackEvidence',
  'chargeback_evidence.seller_id': 'chargebackEvidence',
  'chargeback_share.seller_id': 'chargebackShares',
  'device.user_id': 'devices',
  'dispute.buyer_id': 'disputes',
  'dispute.seller_id': 'disputes',
  'dispute_statement.author_id': 'disputeStatements',
  'hub_staff.user_id': 'hubAssignments',
  'merchant.owner_id': 'merchants',
  'merchant_application.user_id': 'merchantApplications',
  'merchant_invitation.recipient_id': 'merchantInvitations',
  'merchant_member.user_id': 'merchants',
  'notification.user_id': 'notifications',
  'outgoing_message.user_id': 'outgoingMessages',
  'refund_request.buyer_id': 'refundRequests',
  'refund_request.seller_id': 'refundRequests',
  'report.reporter_id': 'reports',
  'review.author_id': 'reviewsWritten',
  'sanction.user_id': 'sanctions',
  'verification.user_id': 'verifications',
  'cart.user_id': 'cartItems',
  'cart_item.user_id': 'cartItems',
  'conversation.buyer_id': 'conversations',
  'conversation.seller_id': 'conversations',
  'favourite.user_id': 'favourites',
  'inbox_event.user_id': 'inboxEvents',
  'known_origin.user_id': 'knownOrigins',
  'ledger_account.user_id': 'wallets',
  'ledger_hold.user_id': 'walletHolds',
  'listing.seller_id': 'listings',
  'listing_view.viewer': 'listingViews',
  'message.sender_id': 'messages',
  'offer.buyer_id': 'offers',
  'offer.seller_id': 'offers',
  'payment.payer_id': 'payments',
  'promo_use.user_id': 'promosUsed',
  'payout.user_id': 'payouts',
  'payout_destination.user_id': 'payoutDestinations',
  'session.user_id': 'sessions',
  'shipment.buyer_id': 'shipments',
  'shipment.seller_id': 'shipments',
  'stream.host_id': 'streams',
  'stream_member.user_id': 'streamsWatched',
  'sub_order.buyer_id': 'orders',
  'sub_order.seller_id': 'orders',
  'upload.owner_id': 'uploads',
};

/** Columns that name a person and are not exported, with the reason. */
const kept: Record<string, string> = {
  'cart_item.seller_id': 'Whose goods they are: the listing has it, and what lies in a cart is its owner’s affair.',
  'block.blocked_id': 'Who blocked a person is that one’s secret.',
  'digest.user_id': 'When the next digest is due.',
  'merchant_application.reviewer_id': 'What staff did is about their office.',
  'unreachable_recipient.user_id': 'That an address of the person did not take messages, gone with the account.',
  'shipment_custody.actor_id': 'What staff did is about their office.',
  'verification.reviewer_id': 'What staff did is about their office.',
  'audit_entry.actor_id': 'The log of what staff did is about their office, and is kept for good.',
  'eviction.user_id': 'A note for nodes, gone within two hours.',
  'escrow.buyer_id': 'The order has it.',
  'escrow.seller_id': 'The order has it.',
  'idempotency.actor_id': 'Answers that the person got already, gone within a day.',
  'inbox_head.user_id': 'A number alone.',
  'inbox_notice.user_id': 'What inbox_event has already.',
  'one_time_code.user_id': 'Hashes, gone within two hours.',
  'order_group.buyer_id': 'The orders of the group have all of it.',
  'password_reset.user_id': 'Hashes, gone within a day or an invitation’s week.',
};

test('every column that names a person is exported or kept for a reason', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and column_name ~
      '^(user|owner|seller|buyer|sender|host|actor|payer|author|member|reviewer|reporter|recipient|blocker|blocked)_id$'
      or (table_name, column_name) = ('listing_view', 'viewer')`.execute(market.database.sql);
  const named = new Set([...Object.keys(exported), ...Object.keys(kept)]);
  const ownAreas = rows.map(({ name }) => name).toSorted();
  expect(ownAreas.filter((name) => !named.has(name))).toEqual([]);
  expect([...named].filter((name) => !ownAreas.includes(name))).toEqual([]);
});

test('the export has every list that is promised, and nothing of anybody else’s secrets', async () => {
  const { actor } = await signUp(market);
  const { data, cut } = await market.ok(actor, 'users.exportData');
  expect(Object.keys(data)).toEqual(expect.arrayContaining([...new Set(Object.values(exported)), 'account']));
  expect(cut).toEqual([]);
  expect(JSON.stringify(data)).not.toMatch(/argon2|hash/i);
});

/** Rows of all tables in which a text stands, by table. */
async function rowsWith(text: string): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'spatial_ref_sys'`.execute(
    market.database.sql,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select row_to_json(t)::text as row from ${sql.table(name)} t
      where row_to_json(t)::text ilike ${`%${text}%`}`.execute(market.database.sql);
    found.push(...rows.map(({ row }) => `${name}: ${row}`));
  }
  return found;
}

/** Does whatever the cases of the contract do of what `user` may do, as one and the same person where that works. */
async function doEverything(person: TestUser): Promise<string[]> {
  const cases = await loadCases();
  const done: string[] = [];
  for (const [name, { access }] of operations) {
    const isEnd = name === 'users.deleteAccount' || name.startsWith('passwords.') || name.startsWith('sessions.');
    if (access !== 'user' || isEnd) continue;
    let first = true;
    const asPerson: Harness = {
      ...market,
      async user(fields) {
        if (!first || fields?.roles) return market.user(fields);
        first = false;
        return person;
      },
    };
    const call = await cases.operations[name]?.success(asPerson).catch(() => null);
    if (call && (await market.call(call.as, name, call.input, call.meta)).ok) done.push(name);
  }
  return done;
}

/** Lets all that is under way come to its end. */
async function endEverything(person: TestUser): Promise<void> {
  await sql`update sub_order set state = 'completed', refund_state = null, deadline = null
    where buyer_id = ${person.id} or seller_id = ${person.id}`.execute(market.database.sql);
  await sql`update payment set state = 'failed' where payer_id = ${person.id} and state <> 'captured'`.execute(
    market.database.sql,
  );
  await sql`update refund set state = 'succeeded'`.execute(market.database.sql);
  await sql`update payout set state = 'cancelled' where user_id = ${person.id} and state <> 'paid'`.execute(
    market.database.sql,
  );
  await sql`update offer set state = 'lapsed', deadline = null
    where state = 'accepted' and (buyer_id = ${person.id} or seller_id = ${person.id})`.execute(market.database.sql);
}

/** Pays out whatever the market owes a person. */
async function payOut({ actor: { userId } }: TestUser): Promise<void> {
  const theirs = [
    accounts.available(userId),
    accounts.reserved(userId),
    accounts.payout(userId),
    accounts.reserve(userId),
  ];
  const { rows } = await sql<{ code: string; currency: Currency; balance: string }>`
    select code, currency, balance_minor::text as balance from ledger_account
    where balance_minor <> 0 and code = any(${theirs.map(({ code }) => code)})`.execute(market.database.sql);
  for (const { code, currency, balance } of rows) {
    const postings = [
      { account: theirs.find((one) => one.code === code)!, amountMinor: -Number(balance) },
      { account: accounts.losses, amountMinor: Number(balance) },
    ];
    const transfer = { kind: 'payout.pay', reference: crypto.randomUUID(), currency, postings } as const;
    await transact(market, (tx) => mustPost(tx, transfer));
  }
}

test('of a person who did everything nothing is found once the account is deleted', async () => {
  const person = await signUp(market);
  const phone = newPhone();
  await market.ok(person.actor, 'otp.send', { phone });
  await market.ok(person.actor, 'otp.verify', { phone, code: await codeTo(market, phone) });
  const username = `zw${crypto.randomUUID().slice(0, 8).replaceAll('-', '')}`;
  const fullName = 'Zawadi Wanjiru-Unmistakable';
  await sql`update account set username = ${username} where id = ${person.id}`.execute(market.database.sql);
  await market.ok(person.actor, 'users.update', { fullName, bio: `I am ${fullName}`, discoverable: true });
  const done = await doEverything(person.actor);
  expect(done.length).toBeGreaterThan(30);
  await market.ok(person.actor, 'users.update', { fullName });
  const traces = [person.email, phone, username, fullName];
  for (const text of traces) expect((await rowsWith(text)).length).toBeGreaterThan(0);
  await endEverything(person.actor);
  await payOut(person.actor);
  await market.ok(person.actor, 'users.deleteAccount', { password: goodPassword });
  const farewell = /^outgoing_message: /;
  // Letters are the outbox's; the farewell is on its way.
  const left = async (text: string) => (await rowsWith(text)).filter((row) => !farewell.test(row));
  for (const text of [person.email, phone]) expect(await left(text)).toEqual([]);
  // Others keep what they were told for as long as the log is kept, and an answer for a day.
  market.clock.offsetMs += 31 * dayMs;
  await market.runJob('sync.prune');
  for (const text of traces) expect(await left(text)).toEqual([]);
  market.clock.offsetMs = 0;
}, 180_000);

test('a deleted account cannot be entered, seen or written to, and its address is free', async () => {
  const { actor, email, id, tokens } = await signUp(market);
  await market.ok(actor, 'users.deleteAccount', { password: goodPassword });
  const { refreshToken } = tokens;
  expect(await market.fails(null, 'sessions.refresh', { refreshToken })).toBe('sessions.refresh_invalid');
  const again = { identifier: email, password: goodPassword };
  expect(await market.fails(null, 'sessions.login', again)).toBe('sessions.wrong_credentials');
  expect(await market.fails(null, 'users.get', { userId: id })).toBe('users.not_found');
  expect((await lettersTo(market, email))[0]).toMatchObject({ template: 'account.deleted' });
  const next = await signUp(market, { email });
  expect(next.id).not.toBe(id);
});

test('a listing of a deleted seller is gone, and whoever has it as a favourite is told', async () => {
  const seller = await signUp(market);
  const fan = await market.user();
  const listing = await createListing(market, seller.actor, { title: 'Chair of Asha' });
  await market.ok(fan, 'favourites.add', { listingId: listing.id });
  await market.ok(seller.actor, 'users.deleteAccount', { password: goodPassword });
  const last = (await market.inboxOf(fan)).at(-1);
  expect(last).toMatchObject({
    type: 'favourite.changed',
    data: { listing: { state: 'removed', title: 'Removed listing' } },
  });
  expect(await market.fails(null, 'listings.get', { listingId: listing.id })).toBe('listings.not_found');
});

test('an account is deleted by a code too, and by a session alone only where there is no other proof', async () => {
  const { actor, email } = await signUp(market);
  expect(await market.fails(actor, 'users.deleteAccount', {})).toBe('users.not_proven');
  await market.ok(actor, 'otp.send', { email, purpose: 'delete_account' });
  await market.ok(actor, 'users.deleteAccount', { code: await codeTo(market, email) });
  const bare = await market.user();
  market.clock.offsetMs = 5 * 60_000 + 5_000;
  expect(await market.fails(bare, 'users.deleteAccount', {})).toBe('users.not_proven');
  market.clock.offsetMs = 0;
});

test('of two admins who leave at once, one stays', async () => {
  await sql`update account set roles = '{}'`.execute(market.database.sql);
  const admins = [await market.user({ roles: ['admin'] }), await market.user({ roles: ['admin'] })];
  const replies = await Promise.all(admins.map((admin) => market.call(admin, 'users.deleteAccount', {})));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(replies.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'users.last_admin' } });
});
