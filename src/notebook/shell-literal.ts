/** Returns a word that bash reads as exactly this text. Unlike a word for people, the text may be empty. */
export function literal(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
