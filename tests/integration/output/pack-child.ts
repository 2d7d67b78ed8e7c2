/** Packs the output named on the command line, until it is done or killed. */
import { packOutput } from '../../../src/output/files/pack-output.ts';

process.stdout.write('begun\n');
await packOutput(process.argv[2] ?? '', new AbortController().signal);
process.stdout.write('done\n');
