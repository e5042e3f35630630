import { readConfig } from '../../src/config.ts';
import { startSoko } from '../../src/soko.ts';
import { answerBench } from './answering.ts';

// The whole server, configured by its environment.
const soko = await startSoko(readConfig());
answerBench(soko.port ?? 0);
