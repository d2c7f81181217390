/** The meaning of each regular expression of the contract in words. A test checks that none is missing. */
const words: Readonly<Record<string, string>> = {
  '^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$':
    'must have 3 to 128 characters: a letter or digit, then letters, digits, `_` or `-`',
  '^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$':
    'must have 1 to 63 characters: lower-case letters, digits, `.`, `_`, `/` or `-`, with a letter or digit at both ends',
  '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$':
    'must be a bucket name of 3 to 63 characters: lower-case letters, digits, `.` or `-`, with a letter or digit at both ends',
  '^[A-Za-z0-9.-]{1,253}$': 'must be a host name without scheme, port or path',
  '^https?://': 'must start with `https://` or `http://`',
  '^[^/\\\\]+$': 'must be a file name without `/` and `\\`',
  '^[A-Za-z0-9_-]{1,36}$': 'must have 1 to 36 characters: letters, digits, `_` or `-`',
  '^[a-z0-9][a-z0-9-]{1,63}$': 'must be the vendor’s region id, such as `cn-hangzhou`',
  '^[A-Za-z][A-Za-z0-9_-]{3,49}$': 'must have 4 to 50 characters: a letter, then letters, digits, `_` or `-`',
  '^(\\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$':
    'must be the name of an account, or `*`: at most 64 letters, digits, `.`, `_` or `-`, with a letter or digit first',
  '^(bkp_[0-9a-z]{26}|latest)$': 'must be the id of a backup, `bkp_` and 26 characters, or `latest`',
  '^[A-Za-z0-9!#$%&*+.^_|~-]{1,64}$': 'must be the name of a header: 1 to 64 letters, digits or `-`',
  '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$':
    'must be the value of a header: visible ASCII characters, with spaces only between them',
  '^[^/]': 'must not start with a slash',
};

/** A description of a `pattern`; the pattern itself if it is unknown. */
export function patternInWords(pattern: string): string {
  return words[pattern] ?? `must match ${pattern}`;
}
