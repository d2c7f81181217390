import { writeFile } from 'node:fs/promises';
import { chartDocuments } from './documents.ts';

for (const { url, is, shouldBe } of await chartDocuments())
  if (is !== shouldBe) {
    await writeFile(url, shouldBe);
    process.stdout.write(`wrote ${url.pathname}\n`);
  }
