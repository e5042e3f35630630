import { asyncApi } from './asyncapi.ts';
import { openApi } from './openapi.ts';

/** The generated documents as they are served and kept in docs/. */
export const specs = {
  openapi: () => render(openApi()),
  asyncapi: () => render(asyncApi()),
} as const;

function render(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
