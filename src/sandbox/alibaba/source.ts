import type { OperationContext } from './context.ts';
import { Refusal } from './errors.ts';

/** File extensions that the service accepts. */
const extensions = /\.(bak|diff|trn|log)$/i;

/** The object keys in a CreateMigrateTask request. Throws `Refusal`. */
export function readSources({ parameters, instance }: OperationContext): readonly string[] {
  const { OssObjectPositions: position, OSSUrls: urls } = parameters;
  const keys = instance.localDisk ? keysOfUrls(urls, position, instance.rawUrls) : keysOfPosition(position, urls);
  if (!keys.every((key) => extensions.test(key))) throw new Refusal('InvalidFile');
  return keys;
}

function keysOfPosition(position: string | undefined, urls: string | undefined): readonly string[] {
  if (urls !== undefined)
    throw new Refusal('InvalidOSSURL', 'OSSUrls is for SQL Server 2008 R2 with local disks only.');
  if (position === undefined) throw new Refusal('MissingOssObjectPositions', 'OssObjectPositions is mandatory.');
  const [, , key] = position.split(':');
  if (key === undefined) throw new Refusal('InvalidOSSURL');
  return [key];
}

function keysOfUrls(urls: string | undefined, position: string | undefined, raw: boolean): readonly string[] {
  if (position !== undefined) throw new Refusal('InvalidOSSURL', 'This instance takes OSSUrls.');
  if (urls === undefined) throw new Refusal('MissingOSSUrls', 'OSSUrls is mandatory on this instance.');
  // The list is encoded as a whole before it becomes a parameter, so it may need a second decoding.
  const text = raw || urls.includes('://') ? urls : decode(urls);
  return text.split('|').map((part) => {
    const url = URL.parse(part);
    if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new Refusal('InvalidOSSURL');
    if (!url.searchParams.has('Signature')) throw new Refusal('InvalidOSSURL', 'The URL is not signed.');
    return decode(url.pathname.slice(1));
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('InvalidOSSURL');
  }
}
