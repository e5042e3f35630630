import type { Actor, Meta } from '../../src/domain/kernel/index.ts';
import type { Harness, TestUser } from '../support/harness.ts';

/** A call ready to be made. Building it may create whatever it needs on the market. */
export interface Call {
  readonly as: TestUser | Actor | null;
  readonly input: Record<string, unknown>;
  /** What the transport knows, for operations that need a socket. */
  readonly meta?: Partial<Meta>;
}

/** What every operation must prove. An unauthenticated call and bad input are tried by the test itself. */
export interface OperationCases {
  /** A call that succeeds, with fresh data each time it is built. */
  success(market: Harness): Promise<Call>;
  /** The same call by someone it does not concern. Left out only where anyone may call. */
  wrongActor?(market: Harness): Promise<Call & { error: string }>;
}

/** One file for each area in `cases/`; the completeness test fails on an operation or error without a case. */
export interface AreaCases {
  readonly operations: Readonly<Record<string, OperationCases>>;
  /** For each declared error, a call that must answer it. */
  readonly errors: Readonly<Record<string, (market: Harness) => Promise<Call & { name: string }>>>;
}
