/** Languages that people may be written to in. */
export const locales = ['en', 'es', 'ar', 'ru', 'sw'] as const;
export type Locale = (typeof locales)[number];

/** What each message needs to be written. Messages that come from inbox events are in `notices.ts`. */
export interface TemplateParams {
  'otp.code': { code: string; minutes: number };
  'password.reset': { link: string; minutes: number };
  'password.changed': { at: string };
  'account.invited': { link: string; days: number };
  'address.replaced': { at: string };
  'session.new': { device: string; place: string; at: string };
  'telegram.linked': { at: string };
  'telegram.unlinked': { at: string };
  'account.deleted': { at: string };
  'merchant.invited': { merchant: string; by: string; code: string; days: number };
}
export type TemplateKey = keyof TemplateParams;
