/**
 * Returns the reason from what mount(8) or umount(8) wrote, on one line and without its period: the first line that says
 * one. Hints follow it (`dmesg(1) may have more information`), and mount.nfs begins with what it is about to try.
 */
export function firstReason(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const reason = lines.find((line) => !/^mount\.nfs\d?: (timeout set for|trying|prog )/.test(line)) ?? lines[0];
  return (reason ?? '').replace(/\.$/, '');
}
