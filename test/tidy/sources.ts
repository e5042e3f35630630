import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Source {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

export interface Import {
  /** A path from the root for our own files, else the name of a package or of a module of Node. */
  readonly target: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
}

const folders = ['src', 'client', 'test', 'bench', 'scripts', 'migrations', 'docs', '.ci'];
const skipped = /(^|\/)(node_modules|golden|dist|coverage)(\/|$)/;

function read(path: string): Source {
  const text = readFileSync(root + path, 'utf8');
  return { path, text, lines: text.split('\n') };
}

function walk(folder: string): string[] {
  const entries = readdirSync(root + folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(root.length), entry.name))
    .filter((path) => !skipped.test(path));
}

const present = new Set(readdirSync(root));
const atRoot = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => entry.name);

/** Every text file that people write here. */
export const files: readonly Source[] = [...atRoot, ...folders.filter((folder) => present.has(folder)).flatMap(walk)]
  .filter((path) => /\.(ts|mts|sql|md|json|ya?ml|sh|cfg)$|(^|\/)(Dockerfile|run)$/.test(path))
  .filter((path) => path !== 'package-lock.json')
  .map(read);

export const typescript = files.filter(({ path }) => path.endsWith('.ts'));

const statement = /^[ \t]*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'([^']+)'\s*\)(\.)?/g;

/** The imports and re-exports of a file, found by their shape: no compiler is asked. */
export function importsOf({ path, text }: Source): Import[] {
  const found = [...text.matchAll(statement)].map(([, type, target = '']) => ({
    target,
    typeOnly: type !== undefined,
  }));
  const later = [...text.matchAll(dynamic)].map(([, target = '']) => ({ target, typeOnly: false }));
  return [...found, ...later].map(({ target, typeOnly }) => {
    const own = target.startsWith('.');
    return { own, typeOnly, target: own ? posix.join(posix.dirname(path), target) : packageOf(target) };
  });
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
