export * from '../../src/domain/kernel/index.ts';
export { universalErrors as errors } from '../../src/domain/kernel/errors.ts';
