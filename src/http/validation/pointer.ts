const maxName = 128;

/** One reference token of a JSON pointer (RFC 6901), escaped; a very long name is shortened. */
function pointerToken(name: string): string {
  const shown = name.length > maxName ? `${name.slice(0, maxName)}…` : name;
  return shown.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The pointer of a member below `parent`. */
export function memberPointer(parent: string, name: string): string {
  return `${parent}/${pointerToken(name)}`;
}

/** The first reference token of a pointer, unescaped. In a query it is the parameter. */
export function firstToken(pointer: string): string {
  const token = pointer.split('/')[1] ?? '';
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
