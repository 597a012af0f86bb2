/** Prints a line on stderr about something that does not stop the command. */
export function tell(text: string): void {
  process.stderr.write(`feedrate: ${text}\n`);
}
