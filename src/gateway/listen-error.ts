const reasons: Record<string, string> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'not permitted to use this port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTSUP: 'this system cannot share a port between processes; leave WORKERS at 1',
  ENOTFOUND: 'the host name is unknown',
};

/** One line that says where we could not listen and why. */
export function listenError({ host, port }: { host: string; port: number }, code: string | undefined): Error {
  return new Error(`cannot listen on ${host}:${port}: ${reasons[code ?? ''] ?? code ?? 'unknown reason'}`);
}
