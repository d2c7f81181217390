import { godwit } from './command.ts';

await godwit();
