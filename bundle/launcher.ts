/** Returns the shell script that starts the bundle's feedrate with its own Node, by whatever link it is called. */
export function launcher(machine: string, platform: string): string {
  return `\
#!/bin/sh
# Starts feedrate from this directory, wherever it is. Nothing has to be installed.
if [ "$(uname -m)" != ${machine} ]; then
  echo "feedrate: this bundle is for ${platform}, and this machine is $(uname -m); use the other one" >&2
  exit 2
fi
here=$(dirname "$(readlink -f "$0")")
exec "$here/../node/bin/node" "$here/../app/dist/bin/main.js" "$@"
`;
}
