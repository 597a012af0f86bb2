import { visibleText } from './visible-text.js';

/**
 * A word as a shell reads it back: bare when it is safe, in single quotes otherwise. With control characters it is
 * `$'…'`, which bash, zsh and POSIX 2024 read, so that it can be printed and pasted.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (visibleText(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${visibleText(text.replaceAll(/[\\']/g, '\\$&'))}'`;
}
