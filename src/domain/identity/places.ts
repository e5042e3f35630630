import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Reader } from 'mmdb-lib';

/**
 * The registries' own records of which network is in which country, as a file (CC0). It tells where a network is
 * registered, at best; it is as old as the package, and wrong for some.
 */
const file = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
let reader: Reader<never> | undefined;

interface Found {
  readonly country_code?: string;
}

/** The country of an address (ISO 3166-1 alpha-2), or null when it is not known: private networks, new ranges. */
export function countryOf(ip: string): string | null {
  reader ??= new Reader<never>(readFileSync(fileURLToPath(import.meta.resolve(file))));
  try {
    return (reader.get(ip) as Found | null)?.country_code ?? null;
  } catch {
    // Not an address at all, such as the path of a local socket.
    return null;
  }
}

/** A country's name for a reader of a language; the code itself where there is no name. */
export function countryName(code: string | null, locale: string): string | null {
  if (code === null) return null;
  return new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' }).of(code) ?? code;
}
