/** A server that tests use, and how to get rid of it. */
export interface Service {
  readonly url: string;
  /** For people: which server this is and where it came from. */
  readonly origin: string;
  stop(): Promise<void>;
}
