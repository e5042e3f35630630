import { z } from 'zod';

const urlMaxChars = 500;
/** RFC 1123, with a last label that is no number: addresses of machines are not names. */
const publicName = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?:[a-z]{2,63}|xn--[a-z\d-]{1,59})$/;

/**
 * An address that people give and other people's devices open: https, on a public name, without a login in it. Nothing
 * of the server ever fetches one. Stored as the URL parser writes it, so that every reader understands the same.
 */
export const HttpsUrl = z
  .url({ protocol: /^https$/, hostname: publicName, normalize: true })
  .max(urlMaxChars)
  .refine((url) => !/^https:\/\/[^/?#]*@/.test(url), 'expected no user name or password')
  .describe('An https address.');
