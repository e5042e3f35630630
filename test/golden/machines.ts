import { movesOf, type Machine } from '../../src/domain/kernel/index.ts';
import { machines } from '../../src/domain/registry.ts';

const head = `# State machines

Generated from the registry by \`npm run golden\`. An arrow is labelled with the move and with who may make it; \`system\` stands for
jobs, webhooks and other commands of the server.
`;

/** Every machine as a diagram that GitHub and most editors draw. */
export function renderMachines(): string {
  return [head, ...[...machines.values()].map(section)].join('\n');
}

function section(machine: Machine): string {
  const moves = movesOf(machine).map(({ name, from, by, to }) => `  ${from} --> ${to}: ${name} (${by})`);
  const ends = machine.states.filter((state) => !movesOf(machine).some(({ from }) => from === state));
  const lines = [`  [*] --> ${machine.initial}`, ...moves, ...ends.map((state) => `  ${state} --> [*]`)];
  return `## ${machine.name}\n\n\`\`\`mermaid\nstateDiagram-v2\n${lines.join('\n')}\n\`\`\`\n`;
}
