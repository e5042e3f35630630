import { z } from 'zod';

export const merchantRules = {
  /** Members, and with them those invited. */
  teamMax: 50,
  /** Shops that one person works for. */
  shopsPerPersonMax: 10,
  invitationMs: 7 * 86_400_000,
  /** Within this time a shop invites one address or person so often, whatever became of it. */
  invitationsWindowMs: 86_400_000,
  invitationsPerPersonMax: 3,
  claimMs: 30 * 60_000,
  reasonChars: 500,
  /** Invitations that a person's snapshot holds, the newest. */
  invitationsShownMax: 100,
} as const;

export const MerchantSlug = z
  .string()
  .max(50)
  .regex(/^[a-z0-9](-?[a-z0-9]){1,49}$/, 'expected 2 to 50 small letters, digits and single dashes');

/** E.164. */
const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'expected a number like +254712345678');

/** What a shop tells of itself. Contacts and address are for its team and for the staff of the market. */
export const merchantFields = {
  name: z.string().trim().min(2).max(100),
  description: z.string().trim().min(1).max(2_000),
  category: z.string().trim().min(1).max(100),
  contactEmail: z.email().max(254),
  contactPhone: Phone,
  address: z.string().trim().min(1).max(300),
} as const;

export const Reason = z.string().trim().min(1).max(merchantRules.reasonChars);
