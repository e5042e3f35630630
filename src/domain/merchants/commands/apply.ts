import { randomInt } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId, type UserId } from '../../kernel/ids.ts';
import { bump } from '../../kernel/machine.ts';
import { moveApplication, tellApplication } from '../applying.ts';
import { ApplicationEntity, MerchantEntity, type Application } from '../entities.ts';
import { applicationChanged } from '../events.ts';
import { merchantFields, MerchantSlug } from '../rules.ts';
import { ApplicationView, applicationView } from '../views.ts';

const fields = merchantFields;

const input = z.strictObject({
  name: fields.name,
  slug: MerchantSlug.optional().describe('The address of the shop; by default made from its name.'),
  description: fields.description,
  category: fields.category.optional(),
  contactEmail: fields.contactEmail,
  contactPhone: fields.contactPhone.optional(),
  address: fields.address.optional(),
});

export const applyForMerchant = defineCommand({
  name: 'merchants.apply',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Apply to open a shop, the first time or after a rejection. Papers go through `verification.submit`.',
  input,
  output: ApplicationView,
  errors: ['merchants.already_owner', 'merchants.already_applied', 'merchants.slug_taken'],
  emits: [applicationChanged],
  async run({ input: { slug: wanted, ...given }, actor, tx, fail }) {
    const { userId } = actor;
    const owned = await tx.db.count(MerchantEntity, { ownerId: userId, state: { $ne: 'closed' } });
    if (owned > 0) fail('merchants.already_owner');
    const application = await openApplication(tx, userId, given);
    if (!application) return fail('merchants.already_applied');
    const slug = wanted ?? (await freeSlug(tx, given.name));
    if (wanted !== undefined && (await isTaken(tx, wanted))) fail('merchants.slug_taken');
    const at = await tx.now();
    const { category = null, contactPhone = null, address = null } = given;
    const fresh = { submittedAt: at, decidedAt: null, reason: null, reviewerId: null };
    Object.assign(application, given, fresh, { slug, category, contactPhone, address });
    moveApplication(application, { name: 'submit', by: 'owner', at });
    await tellApplication(tx, application, 'submitted');
    return applicationView(application);
  },
});

type Given = Omit<z.output<typeof input>, 'slug'>;

/** The rejected application, or a new one; null while one waits for its review. */
async function openApplication(tx: Tx, userId: UserId, given: Given): Promise<Application | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
  const known = await tx.db.find(ApplicationEntity, { userId, superseded: false }, lock);
  if (known.some(({ state }) => state === 'submitted' || state === 'in_review')) return null;
  // Of a shop that is closed by now.
  for (const ended of known.filter(({ state }) => state === 'approved')) {
    ended.superseded = true;
    bump(ended, await tx.now());
    await tellApplication(tx, ended, 'superseded');
  }
  return known.find(({ state }) => state === 'rejected') ?? createDraft(tx, userId, given);
}

/** Null when a parallel call was faster. */
async function createDraft(tx: Tx, userId: UserId, given: Given): Promise<Application | null> {
  const at = await tx.now();
  const draft = tx.db.create(ApplicationEntity, {
    id: newId(),
    userId,
    name: given.name,
    slug: '',
    description: given.description,
    category: null,
    contactEmail: given.contactEmail,
    contactPhone: null,
    address: null,
    state: 'draft',
    superseded: false,
    reviewerId: null,
    claimedUntil: null,
    reason: null,
    merchantId: null,
    submittedAt: at,
    decidedAt: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  });
  if (!(await flushUnique(tx.db, 'merchant_application_open'))) return null;
  return draft;
}

/** The approval is what finally takes a slug; asking now only spares a rejection. */
async function isTaken(tx: Tx, slug: string): Promise<boolean> {
  return (await tx.db.count(MerchantEntity, { slug })) > 0;
}

/** Made of the name's letters; with a number where that is taken, or where the name has none of the Latin script. */
async function freeSlug(tx: Tx, name: string): Promise<string> {
  const letters = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  if (letters.length >= 2 && !(await isTaken(tx, letters))) return letters;
  return `${letters === '' ? 'shop' : letters}-${randomInt(100_000, 1_000_000)}`;
}
