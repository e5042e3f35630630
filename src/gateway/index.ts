export { createEngine, type Engine, type EngineParts } from './engine.ts';
export { createGateway, type Gateway, type GatewayStats } from './gateway.ts';
export type { AuthFailureCode, GatewayParts, GatewaySettings, InboxReader } from './parts.ts';
